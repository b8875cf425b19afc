"""From selected rows to files: shards in a fixed order, images, the diff.

A shard is a range of buckets, and rows within a bucket lie by rank: the same rows make the same
files, whatever the engine and however the work was cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsList, AsSingleton, TaggedOutput

from moderation.audit.progress import progress
from moderation.audit.tally_transforms import TALLY
from moderation.exports.differ import DIFFERING, Dropping, differing
from moderation.exports.held_out import HELD_OUT, HeldOutItem
from moderation.exports.images import ImageLost, ImagePlacer, Placed
from moderation.exports.select_items import REJECTED
from moderation.exports.selection_rules import Why
from moderation.exports.set_files import SetFiles
from moderation.exports.set_labels import SetLabels
from moderation.exports.set_tables import TRAIN, SetTables
from moderation.records.dead_letters.letter import DeadLetter
from moderation.storage.packing import Pack
from schemas.codes import Stage
from schemas.records import IMAGE_FIELDS, Kind

SHARDS, LABELS = "shards", "labels"
ROWS_PER_SHARD = 250_000
FURTHER_SOURCES = "(further sources)"
_MAX_SOURCES = 1_000


@dataclass(eq=False, repr=False)
class WriteSet(beam.PTransform):
    """``{"rows": packs, "held_out", "labels"}`` → what ``WriteRows`` gives, by tag."""

    tables: SetTables
    placer: ImagePlacer
    folder: str
    compare: bool
    buckets: int
    shards: int

    def expand(self, sides: Mapping[str, Any]) -> Any:
        """Buckets of rows meet in their shard."""
        return (
            sides["rows"]
            | "Shard" >> beam.Map(sharded, buckets=self.buckets, shards=self.shards)
            | "Gather" >> beam.GroupByKey()
            | "Write"
            >> beam.ParDo(
                WriteRows(self.tables, self.placer, self.folder, self.compare),
                held_out=AsList(sides[HELD_OUT]),
                labels=AsSingleton(sides[LABELS]),
            ).with_outputs(SHARDS, REJECTED, DIFFERING, TALLY)
        )


@dataclass(eq=False)
class WriteRows(Dropping):
    """``(shard, [(bucket, Pack)])`` → ``shards``, staged; also ``rejected`` and ``differing``.

    One shard's packs are in memory, compressed; their rows one pack at a time.
    """

    tables: SetTables
    """The tables to write."""
    placer: ImagePlacer
    """Where images go."""
    folder: str
    """Where files are staged."""
    compare: bool
    """Whether there is an earlier set to differ from."""

    def process(
        self,
        sharded: tuple[int, Iterable[tuple[int, Pack]]],
        held_out: Sequence[HeldOutItem],
        labels: SetLabels,
    ) -> Iterator[TaggedOutput]:
        """Write one shard of every table."""
        shard, packs = sharded
        unwanted = frozenset(sha256 for item in held_out for sha256 in item.sha256s)
        files = SetFiles(self.tables, labels, f"{self.folder}/{shard:05d}")
        for _, pack in sorted(packs, key=lambda keyed: keyed[0]):
            for row in pack.open():
                yield from self._row(row, files, unwanted)
        for staged in files.close():
            yield TaggedOutput(SHARDS, staged)

    def _row(
        self,
        row: dict[str, Any],
        files: SetFiles,
        unwanted: frozenset[str],
    ) -> Iterator[TaggedOutput]:
        try:
            images = self._place_images(row)
        except ImageLost as lost:
            yield TaggedOutput(REJECTED, self._rejected(row, lost))
            yield from self.drop(row, Why.DEAD_LETTERED)
            return
        if unwanted.intersection(placed.sha256 for placed in images.values() if placed.sha256):
            self._tally.add("held_out", "image")
            yield from self.drop(row, Why.HELD_OUT)
            return
        shown = {name: each for name, each in images.items() if name not in row["lost"]}
        nothing = dict.fromkeys(IMAGE_FIELDS[kind := Kind(row["kind"])], Placed(None))
        files.add(kind, row.get("split", TRAIN), row["row"], {**nothing, **shown})
        yield from self._count(row)

    def _place_images(self, row: dict[str, Any]) -> dict[str, Placed]:
        """Rewrite the row's references; by field what they lead to."""
        self._tally.add("image", "left", rows=row["far_images"])
        images = {}
        for name in IMAGE_FIELDS[Kind(row["kind"])]:
            written, sha256 = row["row"][name], row["sha256s"].get(name)
            if name not in row["images"]:
                images[name] = Placed(written, sha256)
                continue
            placed = self.placer.place(name, written, row["images"][name], sha256)
            row["row"][name] = placed.reference
            self._tally.add("image", "copied" if placed.copied else "left")
            images[name] = placed
        return images

    def _count(self, row: Mapping[str, Any]) -> Iterator[TaggedOutput]:
        tally = self._tally
        progress.written()
        tally.add("verdict", Why.EXPORTED.value)
        tally.add("label", row["kind"], row["label"])
        tally.add("split", row["kind"], row.get("split", TRAIN))
        tally.add("label_source", row["label_source"])
        tally.add("run", str(row["run"]))
        known = ("row_source", row["source"]) in tally.counts
        if not known and len(tally.counts) > _MAX_SOURCES:
            tally.add("row_source", FURTHER_SOURCES)
        else:
            tally.add("row_source", row["source"])
        if self.compare:
            yield from differing(
                tally, row["item_id"], row["kind"], label=row["label"], previous=row["former"]
            )

    def _rejected(self, row: Mapping[str, Any], lost: ImageLost) -> DeadLetter:
        provenance = row["row"]["provenance"]
        return DeadLetter(
            source=provenance["source"],
            row=provenance["row"],
            item_id=row["item_id"],
            kind=Kind(row["kind"]),
            stage=Stage.EXPORT,
            code=lost.code,
            message=lost.message,
        )


def sharded(keyed: tuple[int, Pack], *, buckets: int, shards: int) -> tuple[int, tuple[int, Pack]]:
    """A bucket under the shard that its rows lie in."""
    return keyed[0] * shards // buckets, keyed


def shards_for(rows: int) -> int:
    """Into how many files so many rows go, at most."""
    return max(1, -(-rows // ROWS_PER_SHARD))
