"""The closing step of every job, and the one place where a run becomes final.

It lies downstream of every sink, and everything in it may run again after a crash in its middle:
moves that were done are passed over, files are written whole or not at all, and ``_SUCCESS`` comes
last.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.pvalue import AsIter, AsSingleton

from moderation.audit.profile_taps import TakeProfile
from moderation.audit.tally import Tally
from moderation.audit.tally_transforms import TALLY, SumTallies
from moderation.records.dead_letters.parents import parents_of
from moderation.records.dead_letters.write import DEAD_LETTERS, ToDeadLetters
from moderation.records.read import RowCount
from moderation.runs import commit, publish
from moderation.runs.destination import destination_of
from moderation.runs.header import RunHeader
from moderation.runs.report import ClosingRun, Report
from moderation.storage.digests import Version, changes, expect_none, listed_versions
from moderation.storage.shards import Shard, WriteShards


class RunParts(NamedTuple):
    """PCollections in which a run, or a slice of one, ends."""

    tables: dict[str, Any]
    """Rows by table; those of a table that is not there are staged already."""
    rejected: tuple[Any, ...]
    """``DeadLetter``s."""
    tallies: tuple[Any, ...]
    counts: tuple[Any, ...] = ()
    """``RowCount``s of the readers."""
    shards: tuple[Any, ...] = ()
    """``Shard``s that are staged already."""
    sides: Mapping[str, Any] = MappingProxyType({})
    """What the job's report needs beside it, by name."""


class StagedRun(NamedTuple):
    """PCollections of what is left of a run, or of a slice, once its rows are in files."""

    shards: Any
    tally: Any
    """One."""
    counts: Any
    sides: Mapping[str, Any]


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


@dataclass(eq=False, repr=False)
class StageRun(beam.PTransform):
    """``RunParts`` → ``StagedRun``: rejections become dead letters, rows files, tallies a sum."""

    header: RunHeader
    report: Report
    profiled: bool = False
    """Whether what stages cost is measured, and belongs to the tally."""

    def expand(self, parts: RunParts) -> StagedRun:
        """See the class."""
        letters = (
            parts.rejected
            | "Lost" >> beam.Flatten()
            | "Letter"
            >> beam.ParDo(ToDeadLetters(self.header.run_id, self.header.started_at)).with_outputs(
                TALLY, main="letters"
            )
        )
        rows = {**parts.tables, DEAD_LETTERS.table: letters["letters"]}
        staging = f"{self.header.directory.staging}/out"
        written = (
            rows[layout.table] | f"Write/{layout.table}" >> beam.ParDo(WriteShards(layout, staging))
            for layout in (*self.report.layouts, DEAD_LETTERS)
            if layout.table in rows
        )
        shards = (*written, *parts.shards) | "Shards" >> beam.Flatten()
        taps = (
            (shards | "Profile" >> beam.ParDo(TakeProfile(self.header.run_id)),)
            if self.profiled
            else ()
        )
        tally = (
            (*parts.tallies, letters[TALLY], *taps)
            | "Tallies" >> beam.Flatten()
            | "Count" >> beam.CombineGlobally(SumTallies())
        )
        counts = parts.counts | "Counts" >> beam.Flatten(pipeline=tally.pipeline)
        return StagedRun(shards, tally, counts, parts.sides)


@dataclass(eq=False, repr=False)
class CloseRun(beam.PTransform):
    """``RunParts`` → the run directory's path, once it is final.

    What ``StageRun`` made is checked, files get their names, and the job's report, the manifest and
    ``_SUCCESS`` are written. Inputs are looked at when this is laid out, before the first row is
    read, and again at the end.
    """

    header: RunHeader
    report: Report
    clock: Callable[[], datetime.datetime] = _now
    before: Sequence[Version] | None = None
    """The inputs before the first row, where earlier pipelines read them; None: look now."""
    profiled: bool = False
    """As of ``StageRun``."""
    of_tally: Mapping[str, Any] = field(default_factory=dict)
    """Transforms of the run's whole ``Tally`` that give further sides, by the sides' names."""

    def expand(self, parts: RunParts) -> Any:
        """See the class."""
        staged = parts | "Stage" >> StageRun(self.header, self.report, self.profiled)
        of_tally = {
            name: staged.tally | name.title() >> step for name, step in self.of_tally.items()
        }
        pipeline, before = staged.tally.pipeline, self.before
        digests = pipeline | "Digests" >> beam.Create(
            header_versions(self.header) if before is None else before
        )
        return (
            pipeline
            | "Once" >> beam.Create([None])
            | "Commit"
            >> beam.ParDo(
                _Close(self.header, self.report, self.clock),
                AsIter(staged.shards),
                AsIter(staged.counts),
                AsIter(digests),
                AsSingleton(staged.tally),
                **{name: AsIter(side) for name, side in {**staged.sides, **of_tally}.items()},
            )
        )


def header_versions(header: RunHeader) -> list[Version]:
    """The run's inputs as they are before its first row.

    Raises:
        InputChanged: one has another size than when it was listed.
    """
    return listed_versions(header.inputs, also=header.watched)


@dataclass(eq=False)
class _Close(beam.DoFn):
    """One element in; what there is of the run as side inputs; the directory's path out."""

    header: RunHeader
    report: Report
    clock: Callable[[], datetime.datetime]

    def process(
        self,
        _: Any,
        shards: Iterable[Shard],
        counts: Iterable[RowCount],
        digests: Iterable[Version],
        tally: Tally,
        **sides: Iterable[Any],
    ) -> Iterator[str]:
        """Check, place, tell, mark.

        Raises:
            publish.RunRefused: where the books do not reconcile or a gate broke; report and
                manifest say so, and there is no marker.
        """
        header, report = self.header, self.report
        if publish.resumed(header.directory):
            yield header.directory.path
            return
        publish.expect_ours(header.directory)
        expect_none(changes(digests))
        run = ClosingRun(
            header=header,
            finished_at=self.clock().isoformat(timespec="seconds"),
            tally=tally,
            rows=_rows_by_source(counts),
            parents=parents_of(counts),
            shards=tuple(sorted(shards, key=lambda shard: shard.path)),
            sides={name: list(side) for name, side in sides.items()},
        )
        close(run, report, digests)
        yield header.directory.path


def close(run: ClosingRun, report: Report, digests: Iterable[Version]) -> None:
    """Check the books, place the files, write report and manifest, mark.

    Args:
        run: as its rows left it.
        report: the job's.
        digests: the inputs before the first row.

    Raises:
        RunRefused: where books or gates do not hold, or another start took the directory.
    """
    run = replace(run, sides={**run.sides, **report.beside(run)})
    refusal = report.refusal(run)
    run = replace(run, refusal=refusal and refusal.spelled(run.header.option_form))
    place = destination_of(run.header.directory, refused=run.refusal is not None)
    try:
        run = replace(run, placed=commit.place_tables(run, report.places(run), place))
    except FileNotFoundError:  # a later start cleared the staging area
        publish.expect_ours(run.header.directory)
        raise
    place.take_unnamed()
    outputs = [entry for entries in run.placed.values() for entry in entries]
    for name, data in report.files(run):
        outputs.append(place.write(name, data))
    rows = report.rows_of_inputs(run)
    commit.mark(place, commit.manifest_of(run, outputs, rows=rows, digests=digests))


def _rows_by_source(counts: Iterable[RowCount]) -> Counter[str]:
    rows = Counter[str]()
    for count in counts:
        rows[count.source] += count.rows
    return rows
