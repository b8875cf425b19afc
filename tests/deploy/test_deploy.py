"""What lies in deploy/ starts the job by flags that exist, with the versions of the lock."""

from __future__ import annotations

import datetime
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.command.beam_options import beam_options
from pipelines.dataflow.options import DataflowOptions
from pipelines.nightly.options import NightlyOptions
from pipelines.nightly.options import parse as parse_nightly
from pipelines.score.options import ScoreOptions

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
# Of docker, kubectl, systemctl, useradd, Beam's worker pool; all others are the job's or Beam's.
TOOLS = {
    "--build-arg",
    "--conf",
    "--entrypoint",
    "--failed",
    "--file",
    "--from",
    "--now",
    "--rm",
    "--tag",
}
TOOLS |= {"--filename", "--service_port", "--worker_pool"}
TOOLS |= {"--home-dir", "--no-create-home", "--shell", "--system", "--user-group"}


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """A ``python`` that writes down what it was asked to run."""
    path = tmp_path / "bin" / "python"
    path.parent.mkdir()
    path.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$CALLED"\n')
    path.chmod(0o755)
    return path


def run(script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(DEPLOY / script), *arguments]
    environment = os.environ | variables
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def nights_understood(arguments: list[str]) -> tuple[NightlyOptions, ScoreOptions, Any]:
    """Options of the nights, of each of them, and Beam's; fails where a flag is nobody's."""
    assert arguments[:2] == ["-m", "pipelines.nightly"]
    nights, rest = parse_nightly(arguments[2:])
    options, rest = ScoreOptions.parse(rest)
    return nights, options, beam_options(rest, ours=())


def test_a_night_that_is_named_is_the_only_one(stub: Path, tmp_path: Path) -> None:
    done = run(
        "nightly/run.sh",
        "2024-06-14",
        "--verbose",
        PYTHON=str(stub),
        CALLED=str(tmp_path / "called"),
        IN="/items",
        OUT=str(tmp_path / "runs"),
        ALERT="mail someone",
    )
    assert done.returncode == 0, done.stderr
    nights, options, beam = nights_understood((tmp_path / "called").read_text().splitlines())
    assert nights.night == datetime.date(2024, 6, 14)
    assert (nights.input, nights.output) == ("/items/dt={night}", str(tmp_path / "runs"))
    assert (nights.late, nights.alert) == ("overwrite", "mail someone")
    assert options.reuse == ("latest",)
    assert options.budgets().overall == 0.05
    assert options.verbose
    assert beam.get_all_options()["runner"] == "DirectRunner"


def test_a_failed_nights_exit_code_is_the_jobs(tmp_path: Path) -> None:
    gate = tmp_path / "python"
    gate.write_text("#!/bin/sh\nexit 3\n")
    gate.chmod(0o755)
    done = run("nightly/run.sh", PYTHON=str(gate), IN="/items", OUT=str(tmp_path / "runs"))
    assert done.returncode == 3


def test_the_cronjob_runs_the_same_command_and_gives_up_on_usage_and_gates(
    stub: Path, tmp_path: Path
) -> None:
    job = yaml.safe_load((DEPLOY / "nightly" / "cronjob.yaml").read_text())["spec"]["jobTemplate"]
    (container,) = job["spec"]["template"]["spec"]["containers"]
    (rule,) = job["spec"]["podFailurePolicy"]["rules"]
    assert rule["onExitCodes"]["containerName"] == container["name"]
    assert rule["onExitCodes"]["values"] == [2, 3]
    mounts = {mount["name"] for mount in container["volumeMounts"]}
    assert mounts == {volume["name"] for volume in job["spec"]["template"]["spec"]["volumes"]}

    called = tmp_path / "called"
    path = f"{stub.parent}:{os.environ['PATH']}"
    command = [*container["command"], *container["args"]]
    subprocess.run(command, env={"PATH": path, "CALLED": str(called)}, check=True)
    by_run, by_pod = tmp_path / "by_run", called.read_text().splitlines()
    variables = {"PYTHON": str(stub), "CALLED": str(by_run), "IN": "/items"}
    assert run("nightly/run.sh", OUT=str(tmp_path / "runs"), **variables).returncode == 0
    nights, options, _ = nights_understood(by_pod)
    others, others_options, _ = nights_understood(by_run.read_text().splitlines())
    assert options == replace(others_options, log_format="json")
    differs = {"output": "/runs", "alert": "tee /dev/termination-log", "log_format": "json"}
    assert nights == replace(others, **differs)


def test_the_service_tries_again_only_where_that_may_help() -> None:
    service = (DEPLOY / "nightly" / "moderation.service").read_text()
    assert "Restart=on-failure" in service
    assert "RestartPreventExitStatus=2 3" in service
    assert "SuccessExitStatus" not in service  # a night that was stopped is not scored
    assert "KillMode=mixed" in service


def test_the_image_has_the_locks_beam() -> None:
    dockerfile = (DEPLOY / "docker" / "Dockerfile").read_text()
    beam = re.search(r"^ARG BEAM_VERSION=(.+)$", dockerfile, re.MULTILINE)
    assert beam
    for lock in ("gcp", "gpu"):
        pins = (ROOT / "requirements" / f"{lock}.txt").read_text()
        assert f"apache-beam=={beam[1]} " in pins or f"apache-beam[gcp]=={beam[1]} " in pins


def test_every_flag_on_the_pages_exists() -> None:
    from pipelines.command.beam_options import beam_parser

    known = TOOLS | set(ScoreOptions.parser().flags) | set(NightlyOptions.parser().flags)
    known |= set(DataflowOptions.parser().flags) | set(beam_parser().flags)
    for page in DEPLOY.rglob("*.md"):
        written = set(re.findall(r"(?<![\w-])--[a-z][a-z_-]+", page.read_text()))
        assert written <= known, f"{page.name}: {sorted(written - known)}"
