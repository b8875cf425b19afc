"""A run in this process goes through its inputs in slices, so that its memory does not grow.

Beam's in-process engine keeps all that crosses a shuffle until its pipeline ends. So each slice is
a pipeline; the model and the door stay, what was judged is found in an index on the local disk, and
a last pipeline closes the run.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.utils.shared import Shared

from moderation.audit.keyed.ranges import KeepRanges, sum_kept
from moderation.images.door import DoorStats, ImageDoor
from moderation.images.prefetch import FETCHING
from moderation.records.layout import FIELDS
from moderation.records.parked_rows import ParkedRows, Part
from moderation.records.slices import Slicing
from moderation.review.write import ReviewTasks
from moderation.runs.close import CloseRun, RunParts, StageRun, header_versions
from moderation.runs.slices import DepositSlice, SlicesStaged
from moderation.storage.digests import Version
from moderation.verdicts.keep import SliceNotes
from moderation.verdicts.known import MeetIndex
from moderation.verdicts.known_index import KnownIndex
from moderation.verdicts.review_merge import MergeReviews
from moderation.verdicts.run_tables import REVIEW_QUEUE
from pipelines.command.launch import Execute
from pipelines.score.plan import RunPlan
from pipelines.score.shown_items import look_at_shown
from pipelines.score.stretch import Stretch, build, lay_out, profile, ranged_sums

_PROCESSES = 8
"""Times as many rows a slice where each pipeline starts processes, which load the model."""


def run_in_slices(plan: RunPlan, execute: Execute, *, folder: str, processes: bool) -> None:
    """Carry the run out.

    Args:
        plan: of the run.
        execute: lays a pipeline out and runs it to its end.
        folder: a local one, empty, and this start's own.
        processes: whether the engine starts processes for each pipeline.
    """
    rows = plan.options.slice_rows * (_PROCESSES if processes else 1)
    if not plan.known.any() and (plan.options.limit or rows + 1) <= rows:
        execute(partial(build, plan=plan))
        return
    cut = Slicing(
        rows=rows,
        folder=folder,
        max_row_bytes=plan.max_row_bytes,
        needed=plan.validator.layout.read_columns(FIELDS),
    )
    slices = cut(plan.header.inputs)
    first = list(itertools.islice(slices, 2))
    if len(first) < 2 and not plan.known.any():
        execute(partial(build, plan=plan))
        return
    index = KnownIndex(str(Path(folder, "known.sqlite"))).create()
    plan.known.load(index)
    index.close()
    run = _Slices(plan, execute, Path(folder), index, here=not processes)
    run.carry_out(itertools.chain(first, slices))


@dataclass(slots=True)
class _Slices:
    plan: RunPlan
    execute: Execute
    folder: Path
    index: KnownIndex
    here: bool
    """Whether pipelines run in this process."""
    staged: SlicesStaged = field(default_factory=SlicesStaged)
    door: Shared = field(default_factory=Shared)

    def carry_out(self, slices: Iterable[tuple[Part, ...]]) -> None:
        # Beam lets go of what no worker holds: between slices, of decoders and decoded pictures.
        kept = self.door.acquire(lambda: ImageDoor(self.plan.door)) if self.here else None
        before = header_versions(self.plan.header)
        left = self.plan.options.limit
        for number, parts in enumerate(slices, 1):
            read = self._slice(number, parts, left)
            left = None if left is None else left - read
            if left == 0:
                break
        self.execute(partial(self._close, before=before))
        del kept

    def _slice(self, number: int, parts: tuple[Part, ...], limit: int | None) -> int:
        """One slice from its rows to staged files; how many rows it read."""
        place = self.folder / "slice"
        place.mkdir()
        stretch = Stretch(
            parts=parts,
            limit=limit,
            meet=MeetIndex(self.index, number),
            notes=SliceNotes(self.index, number),
            shared_door=self.door,
        )
        self.execute(partial(self._stage, stretch=stretch, place=str(place)))
        for part in parts:
            if isinstance(part, ParkedRows):
                part.delete()
        return self.staged.take(str(place))

    def _stage(self, pipeline: Any, *, stretch: Stretch, place: str) -> None:
        parts = lay_out(pipeline, self.plan, stretch)
        sums = ranged_sums(self.plan)
        for name in sums:
            keep = KeepRanges(str(self.folder / name))
            _ = parts.sides[name] | f"Keep/{name}" >> beam.ParDo(keep)
        left = {name: side for name, side in parts.sides.items() if name not in sums}
        parts = parts._replace(sides=left)
        staged = parts | "Stage" >> StageRun(
            self.plan.header, self.plan.report, self.plan.options.profile
        )
        _ = staged | "Deposit" >> DepositSlice(place)
        profile(pipeline, self.plan)

    def _close(self, pipeline: Any, *, before: list[Version]) -> None:
        reviews, staged = self.staged.of_table(REVIEW_QUEUE.table), self.staged
        merged = (
            pipeline
            | "Reviews" >> beam.Create([reviews])
            | "Merge" >> beam.ParDo(MergeReviews(str(self.folder)))
        )
        tasks = merged | "Tasks" >> ReviewTasks(self.plan.report.review)
        fetching = _sum(staged.sides.get(FETCHING, [])).as_dict()
        sums = {
            side: sum_kept(str(self.folder / name), how)
            for name, (side, how) in ranged_sums(self.plan).items()
        }
        _ = RunParts(
            tables={REVIEW_QUEUE.table: merged, **tasks},
            rejected=(pipeline | "NoneRejected" >> beam.Create([]),),
            tallies=(pipeline | "Tally" >> beam.Create([staged.tally]),),
            counts=(pipeline | "Rows" >> beam.Create(staged.counts),),
            shards=(pipeline | "Staged" >> beam.Create(staged.beside(REVIEW_QUEUE.table)),),
            sides={
                name: pipeline | f"Sides/{name}" >> beam.Create([side])
                for name, side in {FETCHING: fetching, **sums}.items()
            },
        ) | "Close" >> CloseRun(
            self.plan.header,
            self.plan.report,
            before=before,
            of_tally=look_at_shown(self.plan, self.door),
        )


def _sum(stats: Iterable[DoorStats]) -> DoorStats:
    total = DoorStats()
    for each in stats:
        total = total.merge(each)
    return total
