"""What both ways are given: the job's own flags, Beam's, and where things go."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from apache_beam.options.pipeline_options import (
    DebugOptions,
    GoogleCloudOptions,
    PipelineOptions,
    WorkerOptions,
)

from pipelines.command.beam_options import beam_options
from pipelines.command.usage import UsageError
from pipelines.dataflow.options import DataflowOptions
from pipelines.dataflow.reach import expect_reachable
from pipelines.score.options import ScoreOptions

MACHINE_TYPE, MAX_WORKERS, DISK_GB = "n2-standard-4", 20, 50
_MOST_OF_A_NAME = 60


@dataclass(frozen=True, slots=True)
class Settings:
    """A submission, checked; nothing was sent yet."""

    given: DataflowOptions
    score: ScoreOptions
    beam: PipelineOptions
    words: tuple[str, ...]
    """The flags of ``pipelines.score`` and Beam as they were typed."""
    started_at: datetime.datetime

    @property
    def cloud(self) -> GoogleCloudOptions:
        """Beam's options of Google's cloud."""
        return self.beam.view_as(GoogleCloudOptions)

    @property
    def workers(self) -> WorkerOptions:
        """Beam's options of the workers."""
        return self.beam.view_as(WorkerOptions)

    @property
    def experiments(self) -> Sequence[str]:
        """Beam's experiments."""
        return self.beam.view_as(DebugOptions).experiments or ()

    @property
    def job_name(self) -> str:
        """The job's: as it was given, or after the run."""
        run = self.score.run_id or self.started_at.strftime("%Y%m%d-%H%M%S")
        plain = re.sub(r"[^a-z0-9]+", "-", f"moderation-{run}".lower())
        return self.cloud.job_name or plain[:_MOST_OF_A_NAME].strip("-")

    @property
    def output(self) -> str:
        """Where the run goes."""
        given = any(word.partition("=")[0] == "--output" for word in self.words)
        return self.score.output if given else f"{self.bucket}/runs"

    @property
    def bucket(self) -> str:
        """Where everything goes that has no place of its own."""
        return (self.given.bucket or "").rstrip("/")

    @property
    def temp_location(self) -> str:
        """Dataflow's temporary files."""
        return self.cloud.temp_location or f"{self.bucket}/dataflow/temp"

    @property
    def staging_location(self) -> str:
        """What is sent to workers."""
        return self.cloud.staging_location or f"{self.bucket}/dataflow/staging"


def settle(
    given: DataflowOptions, words: Sequence[str], *, started_at: datetime.datetime
) -> Settings:
    """Check what was given.

    Args:
        given: this command's options.
        words: all others.
        started_at: in UTC.

    Raises:
        UsageError: with what is missing, or no flag, or out of reach.
    """
    score, rest = ScoreOptions.parse(words)
    beam = beam_options(rest, ours=[*DataflowOptions.parser().flags, *ScoreOptions.parser().flags])
    made = Settings(given, score, beam, tuple(words), started_at)
    if not given.write_only:
        _expect_whole(made)
    elif score != ScoreOptions.parse([])[0]:
        raise UsageError("--write_only writes a template for any run: give the job's flags later")
    return made


def _expect_whole(made: Settings) -> None:
    for name in ("project", "region"):
        if not getattr(made.cloud, name):
            raise UsageError(f"--{name} is missing: Dataflow has to be told the {name}")
    if made.given.template and made.score.dry_run:
        raise UsageError(
            "--dry_run checks on this machine, where no template is launched: leave --template out"
        )
    score = replace(made.score, output=made.output)
    expect_reachable(score, launched_here=not made.given.template)
