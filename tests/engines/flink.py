"""Flink by the project's own scripts: a job server, a cluster, and the death of a task manager."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FLINK = Path(__file__).resolve().parents[2] / "deploy" / "flink"
_START_S = 240.0


@dataclass(frozen=True)
class Cluster:
    """A Flink that runs, as its REST address and its folder of logs and process ids tell it."""

    rest: str
    pool: str
    folder: Path

    def ask(self, path: str) -> Any:
        """What the JobManager answers."""
        with urllib.request.urlopen(f"http://{self.rest}/{path}", timeout=20) as answer:
            return json.load(answer)

    def task_managers(self) -> int:
        """How many are there; 0 too while nobody answers."""
        try:
            return int(self.ask("overview")["taskmanagers"])
        except OSError:
            return 0

    def kill(self, name: str) -> int:
        """End a process as a machine that fails does; its id comes back."""
        pid = int((self.folder / f"{name}.pid").read_text())
        os.kill(pid, signal.SIGKILL)
        return pid

    def restarted(self) -> bool:
        """Whether the last job was begun again."""
        jobs = self.ask("jobs/overview")["jobs"]
        last = max(jobs, key=lambda job: int(job["start-time"]))
        return int(self.ask(f"jobs/{last['jid']}")["timestamps"]["RESTARTING"]) > 0


@contextmanager
def job_server(jar: Path, master: str, log: Path) -> Iterator[str]:
    """Beam's job server in front of a cluster, or with a Flink in it; its address is given."""
    port, artifacts = free_port(), free_port()
    ports = {"JOB_PORT": str(port), "ARTIFACT_PORT": str(artifacts)}
    with _script("job-server.sh", [master], log, WORK=str(jar.parent), **ports) as process:
        _wait_for(lambda: _listens(port), process, log)
        yield f"localhost:{port}"


@contextmanager
def cluster(jar: Path, log: Path) -> Iterator[Cluster]:
    """A JobManager, two task managers and a pool of Python workers."""
    rest, rpc, pool = free_port(), free_port(), free_port()
    ports = {"REST_PORT": str(rest), "RPC_PORT": str(rpc), "POOL_PORT": str(pool)}
    folder = jar.parent / "cluster"
    with _script(
        "cluster.sh", [], log, WORK=str(jar.parent), PYTHON=sys.executable, **ports
    ) as process:
        found = Cluster(f"localhost:{rest}", f"localhost:{pool}", folder)
        _wait_for(lambda: found.task_managers() == 2 and _listens(pool), process, log)
        yield found


@contextmanager
def _script(
    name: str, arguments: list[str], log: Path, **variables: str
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as told:
        process = subprocess.Popen(
            [str(FLINK / name), *arguments],
            env=os.environ | variables,
            stdout=told,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_S
    while not ready():
        assert process.poll() is None, log.read_text()[-2_000:]
        assert time.monotonic() < end, log.read_text()[-2_000:]
        time.sleep(0.2)
