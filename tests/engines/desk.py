"""The four commands on one engine, in this process, and what their runs hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.engines.contents import contents
from tests.engines.night import Night
from tests.pipelines import jobs


@dataclass(frozen=True)
class Desk:
    """Commands over a night whose runs lie below ``output``."""

    night: Night
    output: Path
    engine: tuple[str, ...]
    """Beam's flags."""
    scored: Path | None = None
    """The run that is exported and evaluated: the first desk's, so that each job has one input."""

    def run(self, job: str) -> dict[str, Any]:
        """What the job's run holds, once it is committed."""
        code = jobs.main(job, self.argv(job))
        assert code == 0, f"{job} ended with {code}"
        return self.held(job)

    def held(self, job: str) -> dict[str, Any]:
        """What the job's run holds."""
        directory = self.directory(job)
        files = {
            str(path.relative_to(directory)): path.read_bytes()
            for path in directory.rglob("*")
            if path.is_file()
        }
        assert "_SUCCESS" in files
        return contents(files, rename={str(self._scored): "SCORED", str(self.output): "OUTPUT"})

    @property
    def _scored(self) -> Path:
        return self.scored or self.directory("score")

    def directory(self, job: str) -> Path:
        """Where the job's run lies."""
        return self.output / job / "run_id=t"

    def argv(self, job: str) -> list[str]:
        """The command's flags."""
        given = self._given(job)
        place = ["--output", str(self.output / job), "--run_id", "t", "--no_progress"]
        return [*self.engine, *given, *place]

    def _given(self, job: str) -> Sequence[str]:
        night, run = self.night, str(self._scored)
        return {
            "score": ["--input", *night.records, "--model", night.model, "--precision", "float32"],
            "preprocess": ["--input", *night.records, "--image_size", "16x16"],
            "export": ["--run", run, "--decisions", night.decisions],
            "evaluate": ["--verdicts", run, "--labels", *night.records, "--replicates", "60"],
        }[job]
