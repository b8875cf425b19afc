#!/usr/bin/env bash
# Beam's ReadAllFromTFRecord takes the files that a pattern matched for patterns once more.
#
# apache-beam 2.77.0, Python, DirectRunner, a folder named "sets [v2]" with two records in one file:
#   ReadFromTFRecord("…/sets*/a.tfrecord")                2 records
#   ReadAllFromTFRecord of the same pattern               0 records, no error
#   ReadAllFromTFRecord of the pattern with [[] for [     0 records, no error
#   FileSystems.match of either pattern                   1 file: the pattern is right
# The match is right, its path is then matched anew as a pattern, and "[v2]" there means one of the
# letters v and 2. Nothing says that files were found and none was read.
# What to do: list files with FileSystems.match and open each path with FileSystems.open.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/env"
"$work/env/bin/python" -m pip --quiet --disable-pip-version-check install apache-beam==2.77.0 crcmod==1.7
cd "$work"
env/bin/python - "$work" <<'PY' 2>/dev/null
import os
import sys

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.io.tfrecordio import ReadAllFromTFRecord, ReadFromTFRecord, WriteToTFRecord
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

folder = os.path.join(sys.argv[1], "sets [v2]")
os.mkdir(folder)
plain = os.path.join(sys.argv[1], "plain")
with beam.Pipeline(FnApiRunner()) as pipeline:
    records = pipeline | beam.Create([b"one", b"two"])
    _ = records | WriteToTFRecord(plain, num_shards=1, shard_name_template="")
os.rename(plain, os.path.join(folder, "a.tfrecord"))
pattern = os.path.join(sys.argv[1], "sets*", "a.tfrecord")
quoted = os.path.join(sys.argv[1], "sets [[]v2]", "a.tfrecord")


def count(*steps):
    out = os.path.join(sys.argv[1], "count")
    with beam.Pipeline(FnApiRunner()) as pipeline:
        rows = pipeline
        for number, step in enumerate(steps):
            rows = rows | f"step {number}" >> step
        counted = rows | beam.combiners.Count.Globally()
        _ = counted | beam.io.WriteToText(out, shard_name_template="")
    with open(out) as file:
        return int(file.read())


seen = {
    "matched": [len(FileSystems.match([each])[0].metadata_list) for each in (pattern, quoted)],
    "ReadFromTFRecord": count(ReadFromTFRecord(pattern)),
    "ReadAllFromTFRecord": count(beam.Create([pattern]), ReadAllFromTFRecord()),
    "ReadAllFromTFRecord, quoted": count(beam.Create([quoted]), ReadAllFromTFRecord()),
}
print(f"apache-beam {beam.__version__}: {seen}")
sys.exit(list(seen.values()) != [[1, 1], 2, 0, 0])
PY
