#!/usr/bin/env bash
# Beam's job server in front of a Flink cluster; takes jobs at localhost:8099. Java 11 or 17, Maven.
#
#   deploy/flink/job-server.sh localhost:8081     # a cluster's REST address
#   deploy/flink/job-server.sh '[local]'          # a Flink inside the job server, for a try
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
master=${1:?the REST address of the cluster, or [local]}
work=${WORK:-${TMPDIR:-/tmp}/moderation-flink}
jar=$("$here/build.sh")

exec java -jar "$jar" --job-host=localhost --job-port="${JOB_PORT:-8099}" \
  --artifact-port="${ARTIFACT_PORT:-8098}" --expansion-port=0 \
  --artifacts-dir="$work/artifacts" --flink-master="$master"
