"""What a review is about, settled before anything is served."""

from __future__ import annotations

import os
from dataclasses import dataclass

from moderation.images.options import DoorOptions
from moderation.review.page.record_images import RecordFile
from moderation.runs.committed import CommittedRun, RunError, match_runs, open_run, table_files
from moderation.storage import files
from moderation.storage.input_files import InputFile
from pipelines.command.door import door_options
from pipelines.command.usage import UsageError
from pipelines.review.options import ReviewOptions

_QUEUE = "review_queue"


@dataclass(frozen=True, slots=True)
class Plan:
    """A run's queue, and where its decisions go."""

    run: CommittedRun
    queue: tuple[InputFile, ...]
    decisions: str
    door: DoorOptions
    record_files: dict[str, RecordFile]
    """By the path that entries of the queue name."""
    second_opinions: float
    port: int

    @property
    def run_id(self) -> str:
        """Of the run."""
        return self.run.manifest.run_id


def make_plan(options: ReviewOptions) -> Plan:
    """Look at the run; raises ``UsageError``."""
    try:
        found = match_runs(options.run, name="run")
        if len(found) > 1:
            raise UsageError(
                f"{options.run!r} matches {len(found):,} directories: name one run, as in "
                f"{found[0]}"
            )
        run = open_run(found[0], name="run")
    except RunError as error:
        raise UsageError.of(error) from error
    sources = {source.file.path: source for source in run.sources}
    places = [run.path, run.manifest.options.get("image_root"), *sources]
    return Plan(
        run=run,
        queue=tuple(table_files(run.path, run.manifest, _QUEUE)),
        decisions=_decisions(options.decisions, run),
        door=door_options(options, places=places),
        record_files={
            path: RecordFile(source.file, source.layout, source.max_row_bytes, source.text_reader)
            for path, source in sources.items()
        },
        second_opinions=options.second_opinions,
        port=options.port,
    )


def _decisions(named: str | None, run: CommittedRun) -> str:
    if named is None:
        beside = "" if files.is_remote(run.path) else os.path.dirname(run.path.rstrip("/"))
        return os.path.join(beside, "decisions", f"{run.manifest.run_id}.jsonl")
    whole, folder = os.path.realpath(named), os.path.realpath(run.path)
    if whole.startswith(f"{folder}{os.sep}"):
        raise UsageError(
            f"--decisions {named!r} lies in the run, which was committed and is not changed any "
            "more: name a file elsewhere"
        )
    if os.path.isdir(named):
        raise UsageError(f"--decisions {named!r} is a folder: name the file")
    return named
