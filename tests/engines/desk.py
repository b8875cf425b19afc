"""The four commands on one engine, in this process, and what their runs hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.engines.contents import contents
from tests.engines.night import Night
from tests.pipelines import jobs

Read = Callable[[str], Mapping[str, bytes]]
"""The files below a directory, by their path in it."""


def on_disk(directory: str) -> dict[str, bytes]:
    """What lies in a folder of this machine."""
    folder = Path(directory)
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@dataclass(frozen=True)
class Desk:
    """Commands over a night whose runs lie below ``output``, here or in a store."""

    night: Night
    output: str
    engine: tuple[str, ...]
    """Beam's flags."""
    scored: str | None = None
    """The run that is exported and evaluated: another desk's, or by default its own."""
    read: Read = on_disk

    def run(self, job: str) -> dict[str, Any]:
        """What the job's run holds, once it is committed; what it reads is scored before."""
        if job in ("export", "evaluate") and not self.scored:
            self.held("score")
        code = jobs.main(job, self.argv(job))
        assert code == 0, f"{job} ended with {code}"
        assert "_SUCCESS" in self.read(self.directory(job))
        return self.held(job)

    def held(self, job: str) -> dict[str, Any]:
        """What the job's run holds, once it went; places by names that all desks share."""
        files = self.read(self.directory(job))
        if "_SUCCESS" not in files:
            return self.run(job)
        names = {self._scored: "SCORED", self.output: "OUTPUT"}
        return contents(files, rename={**names, self.night.place: "NIGHT"})

    def directory(self, job: str) -> str:
        """Where the job's run lies."""
        return f"{self.output}/{job}/run_id=t"

    def argv(self, job: str) -> list[str]:
        """The command's flags."""
        place = ["--output", f"{self.output}/{job}", "--run_id", "t", "--no_progress"]
        return [*self.engine, *self._given(job), *place]

    @property
    def _scored(self) -> str:
        return self.scored or self.directory("score")

    def _given(self, job: str) -> list[str]:
        night, run = self.night, self._scored
        model = ["--model", night.model, "--policy", night.policy, "--precision", "float32"]
        return {
            "score": ["--input", *night.records, *model],
            "preprocess": ["--input", *night.records, "--image_size", "16x16"],
            "export": ["--run", run, "--decisions", night.decisions],
            "evaluate": ["--verdicts", run, "--labels", *night.records, "--replicates", "60"],
        }[job]
