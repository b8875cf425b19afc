#!/usr/bin/env bash
# Flink 1.19 and Beam's job server as one jar: built once, kept under WORK, its path printed.
# Needs Java 11 or 17 and Maven; the first time fetches 130 MB.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${WORK:-${TMPDIR:-/tmp}/moderation-flink}
jar=$work/flink-$(sha256sum < "$here/pom.xml" | cut -c1-12).jar

if [[ ! -f $jar ]]; then
  for program in java mvn; do
    command -v "$program" > /dev/null || { echo "Flink needs $program: install Java 17 and Maven" >&2; exit 2; }
  done
  mkdir -p "$work"
  build=$(mktemp -d "$work/build.XXXXXX")
  trap 'rm -rf "$build"' EXIT
  mvn --quiet --file "$here/pom.xml" -Dout="$build" package >&2
  mv "$build/flink.jar" "$jar"  # under its name only when it is whole
fi
echo "$jar"
