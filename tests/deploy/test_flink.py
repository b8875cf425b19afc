"""What deploy/flink starts and describes: one jar, a cluster, a deployment for the operator."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

FLINK = Path(__file__).resolve().parents[2] / "deploy" / "flink"
POM = "{http://maven.apache.org/POM/4.0.0}"
# Of the operator's definition of a FlinkDeployment, v1beta1, as of July 2026:
# spec.versions[0].schema.openAPIV3Schema. What is in none of these the operator refuses.
SPEC = {"flinkConfiguration", "flinkVersion", "image", "imagePullPolicy", "ingress", "job"}
SPEC |= {"jobManager", "logConfiguration", "mode", "podTemplate", "restartNonce"}
SPEC |= {"serviceAccount", "taskManager"}
SIDE = {"podTemplate", "replicas", "resource", "resources"}
RESOURCE = {"cpu", "ephemeralStorage", "memory"}
MAIN = "flink-main-container"
"""The operator's name of Flink's own container."""


def deployment() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FLINK / "deployment.yaml").read_text())
    return loaded


def test_the_deployment_has_the_operators_fields_alone() -> None:
    found = deployment()
    assert found["apiVersion"] == "flink.apache.org/v1beta1"
    assert found["kind"] == "FlinkDeployment"
    spec = found["spec"]
    assert spec.keys() <= SPEC
    assert all(isinstance(value, str) for value in spec["flinkConfiguration"].values())
    for side in ("jobManager", "taskManager"):
        assert spec[side].keys() <= SIDE
        assert spec[side]["resource"].keys() <= RESOURCE
        assert isinstance(spec[side]["resource"]["cpu"], (int, float))
        assert isinstance(spec[side]["resource"]["memory"], str)


def test_beside_each_task_manager_is_a_pool_of_workers() -> None:
    containers = deployment()["spec"]["taskManager"]["podTemplate"]["spec"]["containers"]
    flink, workers = containers
    assert flink == {"name": MAIN}
    assert workers["args"] == ["--worker_pool"]
    assert workers["ports"][0]["containerPort"] == 50000
    assert workers["readinessProbe"]["tcpSocket"]["port"] == 50000


def test_the_flink_of_the_deployment_is_the_jars() -> None:
    artifacts = [
        each.findtext(f"{POM}artifactId") or ""
        for each in ET.parse(FLINK / "pom.xml").iter(f"{POM}dependency")
    ]
    (runner,) = [name for name in artifacts if name.startswith("beam-runners-flink-")]
    version = runner.rpartition("-")[2]
    spec = deployment()["spec"]
    assert spec["flinkVersion"] == f"v{version.replace('.', '_')}"
    assert spec["image"].startswith(f"flink:{version}.")


def test_a_cluster_has_room_for_the_jobs_and_starts_them_again() -> None:
    local = yaml.safe_load((FLINK / "cluster.yaml").read_text())
    there = deployment()["spec"]["flinkConfiguration"]
    network = local["taskmanager"]["memory"]["network"]
    assert network == {end: there[f"taskmanager.memory.network.{end}"] for end in ("min", "max")}
    assert local["restart-strategy"]["type"] == there["restart-strategy.type"] == "fixed-delay"


def test_java_is_opened_alike_wherever_flink_runs() -> None:
    opens = r"java\.base/([a-z.]+)"
    manifest = ET.parse(FLINK / "pom.xml").getroot().find(f".//{POM}Add-Opens")
    assert manifest is not None
    in_jar = set(re.findall(opens, manifest.text or ""))
    assert in_jar
    there = deployment()["spec"]["flinkConfiguration"]["env.java.opts.all"]
    assert set(re.findall(opens, there)) == in_jar
    packages = re.search(r"for package in ([^;]+);", (FLINK / "cluster.sh").read_text())
    assert packages
    assert set(packages[1].split()) >= in_jar


def test_without_maven_the_build_says_what_to_install(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "sha256sum", "cut"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    done = subprocess.run(
        ["/usr/bin/bash", str(FLINK / "build.sh")],
        env={"PATH": str(tools), "WORK": str(tmp_path / "work"), "HOME": os.environ["HOME"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "install Java 17 and Maven" in done.stderr
    assert not (tmp_path / "work").exists()


def test_a_part_of_the_cluster_that_ends_is_started_again_and_all_are_stopped(
    tmp_path: Path,
) -> None:
    for name in ("java", "python"):  # each writes down that it began, and waits to be ended
        program = tmp_path / name
        program.write_text('#!/bin/sh\necho "$*" >> "$BEGUN"\nexec sleep 60\n')
        program.chmod(0o755)
    begun, jar = tmp_path / "begun", tmp_path / f"flink-{_digest(FLINK / 'pom.xml')}.jar"
    jar.touch()
    process = subprocess.Popen(
        [str(FLINK / "cluster.sh")],
        env=os.environ
        | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHON": str(tmp_path / "python")}
        | {"WORK": str(tmp_path), "BEGUN": str(begun)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _wait_for(lambda: begun.exists() and len(begun.read_text().splitlines()) == 4)
        first = int((tmp_path / "cluster" / "taskmanager-1.pid").read_text())
        os.kill(first, signal.SIGKILL)
        _wait_for(lambda: len(begun.read_text().splitlines()) == 5)
    finally:
        process.terminate()
        _, told = process.communicate(timeout=30)
    assert "taskmanager-1 ended and is started again" in told
    pids = [int(file.read_text()) for file in (tmp_path / "cluster").glob("*.pid")]
    assert len(pids) == 4
    assert first not in pids
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _wait_for(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.05)
