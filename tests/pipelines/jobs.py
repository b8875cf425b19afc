"""The four jobs over small inputs, for what must hold of each of them alike."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from moderation.exports.reviewer_key import KEY_VARIABLE
from tests.pipelines.exports import KEY, House, decision

JOBS = ("score", "preprocess", "export", "evaluate")
ROOT = Path(__file__).parents[2]
# A test run in the background may have been started with these ignored, and children inherit that.
HEEDING = """
import runpy, signal, sys
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.SIG_DFL)
runpy.run_module(f"pipelines.{sys.argv.pop(1)}", run_name="__main__", alter_sys=True)
"""


@dataclass
class Jobs:
    """Inputs of any size for each job, and the ways to run it."""

    house: House
    rows: int

    @classmethod
    def make(cls, folder: Path, model: str, *, rows: int) -> Jobs:
        """Pictures and records in a fresh folder."""
        house = House(folder, model)
        house.pictures()
        return cls(house, rows)

    @cached_property
    def run(self) -> Path:
        """A scored run of all ``rows``, for the jobs that need one."""
        return self.house.score("all", self.house.records("all.jsonl", _rows(self.rows)))

    def input(self, job: str, rows: int) -> Path:
        """The file that a start of ``rows`` rows reads, written afresh."""
        name = f"{job}-{rows}.jsonl"
        if job == "export":
            decided = [decision(str(n), str(n % 2)) for n in range(rows)]
            return Path(self.house.decisions(name, decided))
        return Path(self.house.records(name, _rows(rows)))

    def argv(self, job: str, rows: int, *, run_id: str = "t") -> list[str]:
        """The flags of a start over the first ``rows`` rows."""
        path = str(self.input(job, rows))
        output = ["--output", str(self.house.folder / job), "--run_id", run_id]
        return ["--runner=DirectRunner", *self._given(job, path), *output, "--no_progress"]

    def _given(self, job: str, path: str) -> list[str]:
        if job == "score":
            return ["--input", path, "--model", self.house.model]
        if job == "preprocess":
            return ["--input", path]
        if job == "export":
            return ["--run", str(self.run), "--decisions", path]
        return ["--verdicts", str(self.run), "--labels", path, "--replicates", "60"]

    def directory(self, job: str, run_id: str = "t") -> Path:
        """Where a job's run lies."""
        return self.house.folder / job / f"run_id={run_id}"

    def inputs_read(self, job: str, run_id: str = "t") -> set[str]:
        """Names of the job's own inputs that a finished run has in its manifest."""
        names = {
            Path(each["path"]).name for each in manifest(self.directory(job, run_id))["inputs"]
        }
        return {name for name in names if name.startswith(job)}


def manifest(directory: Path) -> dict[str, Any]:
    """A run's manifest."""
    loaded: dict[str, Any] = json.loads((directory / "manifest.json").read_text())
    return loaded


def main(job: str, argv: list[str]) -> int:
    """Run the job as its command line does, in this process."""
    code: int = importlib.import_module(f"pipelines.{job}.__main__").main(argv)
    return code


def start(
    job: str, argv: list[str], *, script: str | None = None, **options: Any
) -> subprocess.Popen[str]:
    """Start the job in a process of its own, or a script that starts it in its own way."""
    command = ["-c", script] if script else ["-c", HEEDING, job]
    return subprocess.Popen(
        [sys.executable, *command, *argv],
        cwd=ROOT,
        env={**os.environ, KEY_VARIABLE: KEY},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def _rows(count: int) -> list[dict[str, Any]]:
    return [
        {"id": n, "img": f"{n % 10}.png", "text": f"meme {n} of many", "label": n % 2}
        for n in range(count)
    ]
