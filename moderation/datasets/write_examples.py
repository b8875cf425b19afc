"""Shards: ranges of content keys, each sorted within, so that equal sets give equal files.

Content keys are evenly spread, so a range of them is a random part of the split. Where ranges end
is settled from how many bytes lie in each of ``BINS`` slices of the keys.
"""

from __future__ import annotations

import uuid
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsSingleton

from moderation.audit.progress import progress
from moderation.audit.tally_transforms import TALLY, Tallying
from moderation.datasets.encode import ImageForm
from moderation.datasets.encoded_files import EncodedFiles
from moderation.datasets.examples import feature_specs, image_fields, serialise, values_of
from moderation.datasets.image_results import EncodedImage
from moderation.datasets.labels import Vocabulary, most_labels
from moderation.datasets.stats import count_row
from moderation.datasets.write_tfrecord import RecordWriter, extension
from moderation.storage.packing import Pack, PackBy, as_keyed, open_all
from schemas.datasets import FeatureSpec
from schemas.records import Kind

SHARDS = "shards"
BINS = 1 << 14
_KEY_BITS = 14
_OVERHEAD_BYTES = 900

ShardPlan = Mapping[str, tuple[int, ...]]
"""By split, the first slice of each of its shards."""


def staged_name(split: str) -> str:
    """The table that a split's staged files are counted under: no other table is called so."""
    return f"examples:{split}"


@dataclass(eq=False)
class SizeShards(beam.CombineFn):
    """Packs of rows → a ``ShardPlan`` whose shards hold at most ``shard_bytes`` before compression.

    A single slice over the limit is a shard of its own all the same.
    """

    shard_bytes: int

    def create_accumulator(self) -> Counter[tuple[str, int]]:
        return Counter()

    def add_input(self, sizes: Counter[tuple[str, int]], pack: Pack) -> Counter[tuple[str, int]]:
        """Add the sizes of some examples."""
        for row in pack.open():
            sizes[row["split"], slice_of(row["key"])] += size_of(row)
        return sizes

    def merge_accumulators(
        self, accumulators: Iterable[Counter[tuple[str, int]]]
    ) -> Counter[tuple[str, int]]:
        total: Counter[tuple[str, int]] = Counter()
        for accumulator in accumulators:
            total.update(accumulator)
        return total

    def extract_output(self, sizes: Counter[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
        """Fill shard after shard."""
        plan: dict[str, list[int]] = {}
        held: Counter[str] = Counter()
        for (split, place), size in sorted(sizes.items()):
            if split not in plan or held[split] + size > self.shard_bytes:
                plan.setdefault(split, []).append(place)
                held[split] = 0
            held[split] += size
        return {split: tuple(starts) for split, starts in plan.items()}


def slice_of(content_key: str) -> int:
    """Which of ``BINS`` slices a content lies in."""
    return int(content_key[:4], 16) >> (16 - _KEY_BITS)


def size_of(row: Mapping[str, Any]) -> int:
    """Bytes of a row's example, a little too many."""
    texts = [*row["texts"].values(), *row["ids"].values(), row["extras"], row["label"]]
    images = [
        EncodedImage(*each).length for each in row["images"].values() if isinstance(each, list)
    ]
    return sum(len(text.encode()) for text in texts) + sum(images) + _OVERHEAD_BYTES


def by_shard(pack: Pack, plan: ShardPlan) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    """Rows under their split and shard."""
    for row in pack.open():
        number = bisect_right(plan[row["split"]], slice_of(row["key"])) - 1
        yield (row["split"], number), row


@dataclass(eq=False, repr=False)
class WriteExamples(beam.PTransform):
    """``{"rows": packs, "vocabulary": the one}`` → staged files under ``shards``, and ``tally``.

    Args:
        form: how images lie in examples.
        folder: where files are staged.
        shard_bytes: of a file at most, before compression.
        compressed: whether files are gzip.
        several: whether a row has any number of labels.
    """

    form: ImageForm
    folder: str
    shard_bytes: int
    compressed: bool = False
    several: bool = False

    def expand(self, sides: Mapping[str, Any]) -> Mapping[str, Any]:
        """Sizes first, then rows by shard."""
        sizes = sides["rows"] | "Sizes" >> beam.CombineGlobally(SizeShards(self.shard_bytes))
        write = _WriteShard(self.form, self.folder, self.compressed, self.several)
        written: Mapping[str, Any] = (
            sides["rows"]
            | "ByShard" >> beam.FlatMap(by_shard, plan=AsSingleton(sizes))
            | "PackShards" >> beam.ParDo(PackBy(as_keyed))
            | "MeetShard" >> beam.GroupByKey()
            | "Write"
            >> beam.ParDo(write, vocabulary=AsSingleton(sides["vocabulary"])).with_outputs(
                TALLY, main=SHARDS
            )
        )
        return written


@dataclass(eq=False)
class _WriteShard(Tallying):
    """``((split, shard), packs of rows)`` → a staged file; the side input is the vocabulary."""

    form: ImageForm
    folder: str
    compressed: bool
    several: bool
    _images: EncodedFiles = field(default_factory=EncodedFiles, init=False)

    def setup(self) -> None:
        """Nothing open."""
        self._images = EncodedFiles()

    def teardown(self) -> None:
        """Close what is open."""
        self._images.close()

    def process(
        self, keyed: tuple[tuple[str, int], Iterable[Pack]], vocabulary: Vocabulary
    ) -> Iterator[Any]:
        """Sort the shard's rows, write them one by one."""
        (split, number), packs = keyed
        kinds = [Kind(kind) for kind in vocabulary]
        specs = feature_specs(
            kinds,
            encoding=self.form.encoding,
            height=self.form.height,
            width=self.form.width,
            several=most_labels(vocabulary) if self.several else None,
        )
        fields = image_fields(kinds)
        rows = sorted(open_all(packs), key=_order)
        name = f"{split}-{number:05d}-{uuid.uuid4().hex}.{extension(self.compressed)}"
        writer = RecordWriter(f"{self.folder}/{name}", compressed=self.compressed)
        for row in rows:
            writer.write(self._example(row, specs, fields))
            count_row(self._tally, row)
            progress.written()
        yield writer.close(staged_name(split))

    def _example(self, row: dict[str, Any], specs: list[FeatureSpec], fields: list[str]) -> bytes:
        images = {
            field: self._images.read(EncodedImage(*image))
            for field, image in row["images"].items()
            if isinstance(image, list)
        }
        return serialise(values_of(row, images, fields), specs)


def _order(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Rows that this cannot tell apart have equal examples."""
    return row["key"], row["item_id"], *row["ids"].values(), row["label"], row["extras"]
