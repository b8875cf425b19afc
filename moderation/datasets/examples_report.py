"""What a set of examples says of itself: ``info.json`` and ``stats.json``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from moderation.audit.images import letters_of
from moderation.datasets.encode import ImageForm
from moderation.datasets.examples import feature_specs, image_fields
from moderation.datasets.groups.group_tables import CONFLICTS, GROUPS, LARGEST
from moderation.datasets.labels import Vocabulary, most_labels
from moderation.datasets.stats import (
    Grouping,
    account,
    build_stats,
    image_outcomes,
    image_statuses,
)
from moderation.datasets.write_examples import staged_name
from moderation.datasets.write_tfrecord import extension
from moderation.records.dead_letters.write import DEAD_LETTERS
from moderation.runs.commit import as_json, content_digest
from moderation.runs.gates import Gates, nothing_left
from moderation.runs.report import ClosingRun, Place, Refusal, Report
from moderation.storage.shards import TableLayout
from schemas.datasets import DatasetInfo, ImageEncoding, ImageSpec, ShardEntry, SplitInfo
from schemas.manifest import OutputEntry, RefusalCode
from schemas.records import Kind

EXAMPLES, VOCABULARY = "examples", "vocabulary"
_LAYOUTS = (DEAD_LETTERS, CONFLICTS, GROUPS)
OWN = (
    EXAMPLES,
    *(layout.table for layout in _LAYOUTS),
    "info.json",
    "stats.json",
    "manifest.json",
)
"""What ``pipelines.preprocess`` writes, beside the marker and the staging area."""


@dataclass(frozen=True, slots=True)
class ExamplesReport(Report):
    """The report of ``pipelines.preprocess``."""

    gates: Gates
    form: ImageForm
    compressed: bool
    split_names: tuple[str, ...]
    grouping: Grouping
    multi_label: bool = False

    @property
    def layouts(self) -> tuple[TableLayout, ...]:
        """Contradictions, and groups of several contents."""
        return CONFLICTS, GROUPS

    def refusal(self, run: ClosingRun) -> Refusal | None:
        """Books that do not reconcile, groups that did not settle, limits that were not kept."""
        unsettled = run.tally.counts["unsettled",]
        if unsettled and self._imbalance(run) is None:
            return Refusal(
                RefusalCode.UNSETTLED,
                f"{unsettled:,} contents did not settle into groups: raise --grouping_rounds, so "
                "that no split can leak",
            )
        return Refusal.unreconciled(self._imbalance(run)) or Refusal.gate(self._broken(run))

    def _imbalance(self, run: ClosingRun) -> str | None:
        books, rows = account(run.tally, run.read), run.written()
        written, dead = self._examples(run), rows[DEAD_LETTERS.table]
        if books.reconciles and (written, dead) == (books.written, books.dead_lettered):
            return None
        return (
            f"the books do not reconcile: read {books.read:,} rows, counted {books.written:,} "
            f"examples and {books.dead_lettered:,} dead letters, wrote {written:,} and {dead:,}"
        )

    def _broken(self, run: ClosingRun) -> str | None:
        gates, tally = self.gates, run.tally
        if lost := gates.images_lost(image_outcomes(image_statuses(tally), letters_of(tally))):
            return lost
        if why := gates.files_lost(tally):
            return why
        driven = run.read - sum(tally.family("passed_on").values())
        if driven and not self._examples(run) and not gates.allow_empty:
            return nothing_left(tally, run.read, what="no example was written")
        return gates.broken(tally, run.read)

    def _examples(self, run: ClosingRun) -> int:
        rows = run.written()
        return sum(rows[staged_name(split)] for split in self.split_names)

    def places(self, run: ClosingRun) -> Iterable[Place]:
        """Examples by split, then the tables."""
        suffix = extension(self.compressed)
        for split in self.split_names:
            yield Place(staged_name(split), suffix, f"{EXAMPLES}/{split}")
        yield from map(Place.of, _LAYOUTS)

    def files(self, run: ClosingRun) -> Iterable[tuple[str, bytes]]:
        """What a reader of the examples needs, and what there is to know of them."""
        vocabulary: Vocabulary = run.only(VOCABULARY)
        stats = build_stats(
            run,
            vocabulary=vocabulary,
            multi_label=self.multi_label,
            split_names=self.split_names,
            grouping=self.grouping,
            largest=run.only(LARGEST),
        )
        yield "info.json", as_json(self._info(run, vocabulary))
        yield "stats.json", as_json(stats)

    def _info(self, run: ClosingRun, vocabulary: Vocabulary) -> DatasetInfo:
        form = self.form
        kinds = [Kind(kind) for kind in vocabulary]
        by_split = {split: run.placed[f"{EXAMPLES}/{split}"] for split in self.split_names}
        return DatasetInfo(
            run_id=run.header.run_id,
            created_at=run.finished_at,
            compression="GZIP" if self.compressed else "",
            kinds=kinds,
            labels={Kind(kind): list(labels) for kind, labels in vocabulary.items()},
            features=feature_specs(
                kinds,
                encoding=form.encoding,
                height=form.height,
                width=form.width,
                several=most_labels(vocabulary) if self.multi_label else None,
            ),
            image=ImageSpec(
                height=form.height,
                width=form.width,
                encoding=form.encoding,
                quality=form.quality if form.encoding is ImageEncoding.JPEG else None,
                resample=form.target.resample,
                reduced_decode=form.reduced_decode,
                fields=image_fields(kinds),
            ),
            splits={split: _split_info(entries) for split, entries in by_split.items()},
            content_digest=content_digest(e for entries in by_split.values() for e in entries),
            versions=run.header.versions,
        )


def _split_info(entries: list[OutputEntry]) -> SplitInfo:
    return SplitInfo(
        examples=sum(entry.rows or 0 for entry in entries),
        bytes=sum(entry.bytes for entry in entries),
        shards=[
            ShardEntry(path=e.path, examples=e.rows or 0, bytes=e.bytes, sha256=e.sha256)
            for e in entries
        ],
    )
