"""A job's command that waits at a moment, until it is told to go on."""

from __future__ import annotations

import dataclasses
import importlib
import sys
import time
from pathlib import Path
from typing import Any

from pipelines.command.run import run
from tests.faults.forks import Child, Forks

PLANNED, LAID_OUT = "planned", "laid out"
_LIMIT_S = 120


@dataclasses.dataclass(frozen=True)
class Held:
    """A command that was started and waits."""

    child: Child
    go: Path

    @classmethod
    def start(
        cls, forks: Forks, job: str, argv: list[str], *, at: str, folder: Path, env: dict[str, str]
    ) -> Held:
        """Start it, and wait until it waits; ``folder`` is for what it says, and must be new."""
        go, like = folder / "go", f"pipelines.{job}"
        words = [job, at, str(go), *argv]
        child = forks.start("tests.pipelines.held:main", words, folder, env=env, like=like)
        end = time.monotonic() + _LIMIT_S
        while child.said != f"{at}\n":
            assert child.alive, child.told
            assert time.monotonic() < end
            time.sleep(0.005)
        return cls(child, go)

    def end(self) -> tuple[int, str]:
        """Let it go on: its code, and what it wrote to stderr."""
        self.go.touch()
        return self.child.wait(), self.child.told


def main() -> int:
    """``JOB MOMENT FILE FLAGS…``: waits for the file."""
    name, moment, go, *argv = sys.argv[1:]
    module = importlib.import_module(f"pipelines.{name}.__main__")

    def wait() -> None:
        print(moment, flush=True)
        while not Path(go).exists():
            time.sleep(0.005)

    made = module._job()
    code: int = run(made.options, lambda: _waiting(made, moment, wait), argv)
    return code


def _waiting(made: Any, moment: str, wait: Any) -> Any:
    def warm_up(plan: Any, verbose: bool) -> Any:
        wait()
        return plan

    def build(pipeline: Any, plan: Any) -> None:
        made.build(pipeline, plan)
        wait()

    if moment == PLANNED:
        return dataclasses.replace(made, warm_up=warm_up)
    return dataclasses.replace(made, build=build)
