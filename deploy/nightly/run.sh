#!/usr/bin/env bash
# Every night that has items and no committed run, oldest first; or the one night that is named. For
# cron and systemd.
#
#   IN=/data/items OUT=/data/runs deploy/nightly/run.sh [YYYY-MM-DD] [flags of pipelines.score …]
#
# The day is the run's id. A day that is committed is left alone, so starting twice does no harm; one
# that was begun goes on; one whose items grew since is scored again in its place. Exit codes are those
# of pipelines.nightly. ALERT is a command that is given the report of a bad night.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

: "${IN:?folder of record files, one folder dt=YYYY-MM-DD a day below it}"
: "${OUT:?folder for run directories}"

night=()
if [[ ${1:-} =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]]; then
  night=(--night "$1")
  shift
fi

mkdir -p "$OUT"
exec 9>"$OUT/.nightly.lock"
flock --nonblock 9 || {
  echo "another nightly run is under way in $OUT: waiting for up to ${WAIT_S:=21600} s" >&2
  flock --timeout "$WAIT_S" 9 || { echo "it has not ended; the next start catches up" >&2; exit 1; }
}

exec "${PYTHON:-.venv/bin/python}" -m pipelines.nightly \
  --input "$IN/dt={night}" --output "$OUT" "${night[@]}" \
  --look_back "${LOOK_BACK:-14}" --late overwrite --alert "${ALERT:-}" \
  --runner=DirectRunner --reuse latest \
  --max_dead_letter_ratio "${MAX_DEAD_LETTER_RATIO:-0.05}" "$@"
