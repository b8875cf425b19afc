"""The commit of a set of examples: shards get their names, ``info.json`` and ``stats.json`` follow.

As in ``moderation.runs.commit`` everything may run again after a crash in its middle, and
``_SUCCESS`` comes last.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from moderation.audit.images import letters_of
from moderation.audit.tally import Tally
from moderation.datasets.encode import ImageForm
from moderation.datasets.examples import feature_specs, image_fields
from moderation.datasets.groups.tables import CONFLICTS, GROUPS
from moderation.datasets.labels import Vocabulary, most_labels
from moderation.datasets.shards import ExampleShard
from moderation.datasets.stats import account, build_stats, image_outcomes, image_statuses
from moderation.records.dead_letters.write import DEAD_LETTERS
from moderation.records.read import RowCount
from moderation.runs import closing
from moderation.runs.directory import RunDirectory
from moderation.runs.gates import Gates, nothing_left
from moderation.storage.digests import Version
from moderation.storage.input_files import InputFile
from moderation.storage.shards import Shard
from schemas.datasets import (
    DatasetInfo,
    DatasetStats,
    ImageEncoding,
    ImageSpec,
    ShardEntry,
    SplitInfo,
)
from schemas.manifest import LeftOut, Manifest, OutputEntry
from schemas.records import Kind

EXAMPLES = "examples"
_LAYOUTS = (DEAD_LETTERS, CONFLICTS, GROUPS)
OWN = (
    EXAMPLES,
    *(layout.table for layout in _LAYOUTS),
    "info.json",
    "stats.json",
    "manifest.json",
)
_LARGEST = 20


@dataclass(frozen=True, slots=True)
class DatasetPlan:
    """Everything about the run that was known before its first row."""

    directory: RunDirectory
    files: tuple[InputFile, ...]
    left_out: tuple[LeftOut, ...]
    gates: Gates
    form: ImageForm
    compressed: bool
    split_names: tuple[str, ...]
    grouping: dict[str, Any]
    """``rule``, ``links``, ``text_similarity``, ``image_distance_bits``."""
    started_at: str
    options: dict[str, Any]
    versions: dict[str, str]
    multi_label: bool = False


class CommitExamples(beam.DoFn):
    """One element in; the shards, counts and tallies as side inputs; the directory out."""

    def __init__(self, plan: DatasetPlan, clock: Callable[[], datetime.datetime] | None = None):
        self._plan = plan
        self._clock = clock or closing.utc_now

    def process(
        self,
        _: Any,
        examples: Iterable[ExampleShard],
        shards: Iterable[Shard],
        counts: Iterable[RowCount],
        digests: Iterable[Version],
        tally: Tally,
        vocabulary: Vocabulary,
        largest: Sequence[tuple[int, int, str]],
        fetching: dict[str, Any],
    ) -> Iterator[str]:
        """Check the books, give files their names, write info, statistics and manifest, mark.

        Raises:
            closing.RunRefused: where the books do not reconcile, groups did not settle, or a gate
                broke; the statistics and the manifest say so, and there is no marker.
        """
        plan, directory = self._plan, self._plan.directory
        closing.expect_ours(directory)
        closing.expect_unchanged(digests)
        rows = closing.count_rows(counts)
        examples, shards = [*examples], [*shards]
        finished_at = self._clock().isoformat(timespec="seconds")
        refusal = _refusal(examples, shards, tally, rows, plan.gates)
        splits = self._place(examples)
        outputs = [
            OutputEntry(path=e.path, rows=e.examples, bytes=e.bytes, sha256=e.sha256)
            for split in splits.values()
            for e in split.shards
        ]
        content_digest = closing.content_digest(outputs)
        outputs += closing.place_tables(directory, _LAYOUTS, shards)
        info = self._info(splits, vocabulary, finished_at, content_digest)
        stats = build_stats(
            tally,
            rows,
            vocabulary=vocabulary,
            multi_label=plan.multi_label,
            split_names=plan.split_names,
            largest=largest,
            facts={
                **plan.grouping,
                "run_id": directory.run_id,
                "status": "refused" if refusal else "committed",
                "refusal": refusal,
                "started_at": plan.started_at,
                "finished_at": finished_at,
                "fetching": fetching,
                "options": plan.options,
            },
        )
        outputs += [
            closing.write_json(directory, "info.json", info.model_dump(mode="json")),
            closing.write_json(directory, "stats.json", stats.model_dump(mode="json")),
        ]
        closing.close(directory, self._manifest(stats, rows, digests, outputs))
        yield directory.path

    def _place(self, examples: list[ExampleShard]) -> dict[str, SplitInfo]:
        splits = {}
        for split in self._plan.split_names:
            mine = sorted((e for e in examples if e.split == split), key=lambda e: e.number)
            files = [example.file for example in mine]
            stem = f"{EXAMPLES}/{split}"
            placed = closing.place_all(self._plan.directory, files, stem=stem)
            entries = [
                ShardEntry(path=e.path, examples=e.rows or 0, bytes=e.bytes, sha256=e.sha256)
                for e in placed
            ]
            splits[split] = SplitInfo(
                examples=sum(entry.examples for entry in entries),
                bytes=sum(entry.bytes for entry in entries),
                shards=entries,
            )
        return splits

    def _info(
        self,
        splits: dict[str, SplitInfo],
        vocabulary: Vocabulary,
        finished_at: str,
        content_digest: str,
    ) -> DatasetInfo:
        plan, form = self._plan, self._plan.form
        kinds = [Kind(kind) for kind in vocabulary]
        return DatasetInfo(
            run_id=plan.directory.run_id,
            created_at=finished_at,
            compression="GZIP" if plan.compressed else "",
            kinds=kinds,
            labels={Kind(kind): list(labels) for kind, labels in vocabulary.items()},
            features=feature_specs(
                kinds,
                encoding=form.encoding,
                height=form.height,
                width=form.width,
                several=most_labels(vocabulary) if plan.multi_label else None,
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
            splits=splits,
            content_digest=content_digest,
            versions=plan.versions,
        )

    def _manifest(
        self,
        stats: DatasetStats,
        rows: Counter[str],
        digests: Iterable[Version],
        outputs: list[OutputEntry],
    ) -> Manifest:
        plan = self._plan
        return Manifest(
            run_id=stats.run_id,
            status=stats.status,
            refusal=stats.refusal,
            started_at=stats.started_at,
            finished_at=stats.finished_at,
            inputs=closing.input_entries(plan.files, rows=rows, digests=digests),
            left_out=list(plan.left_out),
            outputs=outputs,
            options=plan.options,
            versions=plan.versions,
            model_name="",
            model_fingerprint="",
            policy_version="",
            policy_digest="",
        )


def _refusal(
    examples: list[ExampleShard],
    shards: list[Shard],
    tally: Tally,
    rows: Counter[str],
    gates: Gates,
) -> str | None:
    """Why the set must not be committed; None where everything holds."""
    books = account(tally, sum(rows.values()))
    written = sum(shard.file.rows for shard in examples)
    dead = sum(shard.rows for shard in shards if shard.table == DEAD_LETTERS.table)
    if not books.reconciles or (written, dead) != (books.written, books.dead_lettered):
        return (
            f"the books do not reconcile: read {books.read:,} rows, counted {books.written:,} "
            f"examples and {books.dead_lettered:,} dead letters, wrote {written:,} and {dead:,}"
        )
    unsettled = tally.counts["unsettled",]
    if unsettled:
        return (
            f"{unsettled:,} contents did not settle into groups: raise --grouping_rounds, so that "
            "no split can leak"
        )
    if lost := gates.images_lost(image_outcomes(image_statuses(tally), letters_of(tally))):
        return lost
    if why := gates.files_lost(tally):
        return why
    if books.read and not written and not gates.allow_empty:
        return nothing_left(tally, books.read, what="no example was written")
    return gates.broken(tally, books.read)
