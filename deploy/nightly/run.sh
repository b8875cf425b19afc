#!/usr/bin/env bash
# One night's run: yesterday's items, or the day that is named. For cron and systemd.
#
#   IN=/data/items OUT=/data/runs deploy/nightly/run.sh [YYYY-MM-DD] [flags of pipelines.score …]
#
# The day is the run's id. A day that is committed is left alone, so starting twice does no harm; a
# run that failed starts again from nothing. Exit codes are those of pipelines.score.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

: "${IN:?folder of record files, one folder a day below it}"
: "${OUT:?folder for run directories}"

day=$(date --utc --date=yesterday +%F)
if [[ ${1:-} =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]]; then
  day=$1
  shift
fi

mkdir -p "$OUT"
exec 9>"$OUT/.nightly.lock"
flock --nonblock 9 || {
  echo "another nightly run is under way in $OUT: waiting for up to ${WAIT_S:=21600} s" >&2
  flock --timeout "$WAIT_S" 9 || { echo "it has not ended; $day is not scored" >&2; exit 1; }
}

if [[ -e "$OUT/run_id=$day/_SUCCESS" ]]; then
  echo "$OUT/run_id=$day is committed already"
  exit 0
fi
exec "${PYTHON:-.venv/bin/python}" -m pipelines.score --runner=DirectRunner \
  --input "$IN/$day" --output "$OUT" --run_id "$day" \
  --max_dead_letter_ratio "${MAX_DEAD_LETTER_RATIO:-0.05}" "$@"
