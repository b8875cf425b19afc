#!/usr/bin/env bash
# Beam's job server in front of a Flink cluster; takes jobs at localhost:8099. Java 11 or 17, Maven.
#
#   deploy/flink/job-server.sh localhost:8081     # a cluster's REST address
#   deploy/flink/job-server.sh '[local]'          # a Flink inside the job server, for a try
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
master=${1:?the REST address of the cluster, or [local]}
work=${WORK:-${TMPDIR:-/tmp}/moderation-flink}

if [[ ! -d $work/lib ]]; then
  # Under its name only when it is whole: a download that broke off is begun again.
  rm -rf "$work/lib.part"
  mvn --quiet --file "$here/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/lib.part"
  mv "$work/lib.part" "$work/lib"
fi

# Beam's serialisation looks into these packages, which Java 17 keeps closed otherwise.
opens=()
for package in java.lang java.util java.util.concurrent java.nio sun.nio.ch; do
  opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
exec java "${opens[@]}" -cp "$work/lib/*" org.apache.beam.runners.flink.FlinkJobServerDriver \
  --job-host=localhost --job-port="${JOB_PORT:-8099}" --artifact-port="${ARTIFACT_PORT:-8098}" \
  --expansion-port=0 --artifacts-dir="$work/artifacts" --flink-master="$master"
