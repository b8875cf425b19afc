"""What a Flex Template says of its parameters, and what comes of them; no cloud is asked."""

from __future__ import annotations

import json
import re
import shlex
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from pipelines.dataflow.__main__ import main
from pipelines.dataflow.launcher import as_typed, joined
from pipelines.dataflow.metadata import LEFT_OUT, metadata, parameters
from pipelines.score.options import ScoreOptions

FILE = Path(__file__).parents[3] / "deploy" / "dataflow" / "metadata.json"
NEEDED = ["--project", "my-project", "--region", "europe-west4", "--bucket", "gs://bucket"]
TEMPLATE = ["--template", "gs://bucket/t.json"]
ITEMS = ["--input", "gs://bucket/items/*.parquet"]


def told() -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in metadata()["parameters"]}


def test_the_file_is_what_the_options_make() -> None:
    assert json.loads(FILE.read_text()) == metadata(), "make schemas writes it again"


def test_every_option_is_a_parameter_with_its_words() -> None:
    options = {each.name for each in fields(ScoreOptions)}
    assert {flag.dest for flag in parameters().values()} == options - {*LEFT_OUT}
    for name, each in told().items():
        assert each["helpText"], name
        assert "%(" not in each["helpText"]
        assert "the sample" not in each["helpText"]
        assert each["label"][0].isupper()
    required = {name for name, each in told().items() if not each["isOptional"]}
    assert required == {"input", "output"}


def test_no_parameter_goes_by_the_name_of_a_flag_of_beams() -> None:
    from pipelines.command.beam_options import beam_parser

    beams = {flag.removeprefix("--") for flag in beam_parser().flags}
    assert not beams & {*parameters()}
    assert "model_labels" in parameters()


def test_kinds_and_what_is_checked_of_them() -> None:
    parameter = told()
    assert parameter["resume"]["paramType"] == "BOOLEAN"
    assert parameter["output"]["paramType"] == "GCS_WRITE_FOLDER"
    choices = [option["value"] for option in parameter["format"]["enumOptions"]]
    assert (parameter["format"]["paramType"], choices) == ("ENUM", ["parquet", "jsonl"])
    assert parameter["batch_size"]["paramType"] == "NUMBER"
    for name, good, bad in (
        ("resume", "true", "yes"),
        ("format", "jsonl", "csv"),
        ("batch_size", "64", "6.4"),
        ("max_missing_image_ratio", "0.05", "5%"),
        ("input", "gs://b/in/*.parquet gs://b/more/", "in.parquet"),
        ("input", "'gs://b/a b.jsonl'", "/srv/items"),
        ("model", "starter", "models/mine"),
        ("model", "gs://b/model", "starters"),
        ("reuse", "latest", "last"),
        ("hash_bank", "known=pdq:gs://b/known.csv", "known=known.csv"),
        ("image_range", "0..1", "0xx1"),
    ):
        (pattern,) = parameter[name]["regexes"]
        assert re.search(pattern, good), name
        assert not re.search(pattern, bad), name


def test_defaults_are_taken_as_they_are_told() -> None:
    given = {name: each["defaultValue"] for name, each in told().items() if "defaultValue" in each}
    for name, value in given.items():
        assert all(re.search(pattern, value) for pattern in told()[name].get("regexes", ())), name
    flags = as_typed([f"--{name}={value}" for name, value in given.items()])
    assert ScoreOptions.parse(flags[:-1])[0] == ScoreOptions.parse([])[0]


def test_dataflows_own_types_take_template_and_request(capsys: pytest.CaptureFixture[str]) -> None:
    dataflow = pytest.importorskip("google.cloud.dataflow_v1beta3", reason="the gcp extra")
    flags = ["--image", "registry/image:gpu", "--no_use_public_ips", "--label", '{"a": "b"}']
    flags += ["--label", "c=d", "--flexrs_goal", "SPEED_OPTIMIZED", "--num_workers", "3"]
    assert main([*NEEDED, *TEMPLATE, *ITEMS, "--print_only", *flags]) == 0
    shown = json.loads(capsys.readouterr().out)
    spec = dataflow.ContainerSpec.from_json(json.dumps(shown["template"]))
    assert spec.default_environment.sdk_container_image == spec.image == "registry/image:gpu"
    assert len(spec.metadata.parameters) == len(parameters())
    asked = dataflow.LaunchFlexTemplateRequest.from_json(json.dumps(shown["launch"]))
    environment = asked.launch_parameter.environment
    assert dict(environment.additional_user_labels) == {"a": "b", "c": "d"}
    assert (environment.num_workers, environment.ip_configuration.name[-7:]) == (3, "PRIVATE")
    assert environment.flexrs_goal.name == "FLEXRS_SPEED_OPTIMIZED"
    assert environment.temp_location == "gs://bucket/dataflow/temp"


def test_what_was_typed_comes_through_a_template_as_it_was(
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed = ["--input", "gs://b/a b.jsonl", "gs://b/it's.jsonl", "gs://b/*.parquet", "--resume"]
    typed += ["--labels", "no,yes", "--max_dead_letter_ratio", ".2,dns=.1", "--batch_size", "8"]
    typed += ["--output", "gs://b/runs", "--columns", "text=body"]
    assert main([*NEEDED, *TEMPLATE, "--print_only", *typed]) == 0
    sent = json.loads(capsys.readouterr().out)["launch"]["launchParameter"]["parameters"]
    assert sent["model_labels"] == "no,yes"
    flags = as_typed([f"--{name}={value}" for name, value in sent.items()])
    assert flags[-1] == "--no_wait_until_finish"
    assert ScoreOptions.parse(flags[:-1])[0] == ScoreOptions.parse(typed)[0]


def test_a_launchers_words_become_those_of_a_person() -> None:
    given = ["--policy=", "--reuse=latest gs://b/run", '--labels={"a": "b"}', "--runner=x"]
    ours = ["--reuse", "latest", "gs://b/run", '--label={"a": "b"}', "--runner=x"]
    assert as_typed(given) == [*ours, "--no_wait_until_finish"]
    assert (
        joined(["gs://b/x", 'gs://b/"q"', "gs://b/a b"]) == "gs://b/x 'gs://b/\"q\"' 'gs://b/a b'"
    )


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ([*NEEDED, *ITEMS], "--image is missing"),
        (["--image", "i", *ITEMS], "--bucket is missing"),
        (["--bucket", "gs://bucket", "--image", "i", *ITEMS], "--project is missing"),
        ([*NEEDED, "--image", "i"], "the sample is on this machine"),
        ([*NEEDED, "--image", "i", "--input", "items"], "--input"),
        ([*NEEDED, "--image", "i", *ITEMS, "--model", "/m"], "--model '/m' is on this machine"),
        ([*NEEDED, "--image", "i", *ITEMS, "--output", "/o"], "--output '/o' is on this machine"),
        ([*NEEDED, *TEMPLATE, *ITEMS, "--policy", "/p"], "--policy '/p' is on this machine"),
        ([*NEEDED, *TEMPLATE, *ITEMS, "--hash_bank", "a=md5:/p"], "'a=md5:/p' is on this machine"),
        ([*NEEDED, *TEMPLATE, *ITEMS, "--dry_run"], "leave --template out"),
        ([*NEEDED, *TEMPLATE, *ITEMS, "--setup_file", "s"], "--setup_file is nothing that a"),
        ([*NEEDED, *TEMPLATE, *ITEMS, "--label", "{x"], "write KEY=VALUE"),
        ([*NEEDED, *ITEMS, "--imago", "i", "--image", "i"], "did you mean --image?"),
        (["--write_only", "--image", "i"], "give its place, --template"),
        (["--write_only", *TEMPLATE], "give --image too"),
        (["--write_only", *TEMPLATE, "--image", "i", *ITEMS], "give the job's flags later"),
    ],
)
def test_what_cannot_be_sent_is_told_and_nothing_is(
    flags: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(flags) == 2
    said = capsys.readouterr().err
    assert said.startswith("dataflow: error: ")
    assert words in said


def test_without_googles_packages_the_way_to_them_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "google.cloud.dataflow_v1beta3", None)
    assert main([*NEEDED, *TEMPLATE, *ITEMS]) == 2
    assert "make gcp adds them" in capsys.readouterr().err


def test_submitting_from_here_may_read_a_policy_of_this_machine(
    capsys: pytest.CaptureFixture[str],
) -> None:
    flags = ["--image", "i", *ITEMS, "--policy", "/p.yaml", "--machine_type", "n2-highmem-8"]
    assert main([*NEEDED, *flags, "--print_only"]) == 0
    shown = capsys.readouterr().out
    assert "--policy /p.yaml" in shown
    assert "--output=gs://bucket/runs" in shown
    assert "n2-standard-4" not in shown


def test_the_pages_commands_are_taken_as_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    page = FILE.with_name("README.md").read_text().replace("\\\n", " ")
    commands = re.findall(r"^python -m pipelines\.dataflow (--.*)$", page, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        assert main([*shlex.split(command), "--print_only"]) == 0, command
    assert "--run_id 2026-01-01" in capsys.readouterr().out
