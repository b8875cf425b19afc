#!/usr/bin/env bash
# The address of Dataflow's service says what job Beam sends to it: one called "localhost" is asked for
# workers of another kind, with options that nobody checked, and no other address may have a port.
#
# apache-beam 2.77.0 on CPython 3.11, --runner=DataflowRunner with --dataflow_endpoint
#   https://dataflow.googleapis.com   workers of the kind "harness"; a missing project is told
#   http://127.0.0.1:8080             refused: "Invalid url … for dataflow endpoint"
#   http://localhost:8080             workers of the kind "local"; options are not validated
#   http://dataflow.sandbox.test      "harness", checked, and spoken to by plain REST
# so a test against a stand-in on localhost sees another job than Dataflow would. What to do: a name
# with "sandbox" in it and no port, and a stand-in that is named by http_proxy.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3.11}" -m venv "$work/env"
"$work/env/bin/python" -m pip install -q "apache-beam[gcp]==2.77.0"
seen=$(cd "$work" && "$work/env/bin/python" - 2> "$work/log" <<'PY'
from apache_beam.options.pipeline_options import GoogleCloudOptions, PipelineOptions
from apache_beam.options.pipeline_options_validator import PipelineOptionsValidator
from apache_beam.runners.dataflow.dataflow_runner import DataflowRunner
from apache_beam.runners.dataflow.internal.apiclient import Environment


def seen_of(endpoint):
    flags = [f"--dataflow_endpoint={endpoint}", "--region=r", "--temp_location=gs://bucket/temp"]
    options = PipelineOptions(["--runner=DataflowRunner", *flags])
    cloud = options.view_as(GoogleCloudOptions)
    validator = PipelineOptionsValidator(options, DataflowRunner())
    checked = validator.validate_cloud_options(cloud) if validator.is_service_runner() else []
    told = [" ".join(each.split()[:2]) for each in checked]
    made = Environment([], options, "8", "gs://bucket/pipeline.pb")
    return f"{made.proto.worker_pools[0].kind} {told}"


for address in (
    "https://dataflow.googleapis.com",
    "http://127.0.0.1:8080",
    "http://localhost:8080",
    "http://dataflow.sandbox.test",
):
    print(seen_of(address), end="; ")
PY
) || { cat "$work/log"; exit 1; }
echo "$seen"
[ "$seen" = "harness ['Missing required']; harness ['Missing required', 'Invalid url']; local []; harness ['Missing required']; " ]
