"""Shards: ranges of content keys, each sorted within, so that equal sets give equal files.

Content keys are evenly spread, so a range of them is a random part of the split. Where ranges end
is settled from how many bytes lie in each of ``BINS`` slices of the keys.
"""

from __future__ import annotations

import gzip
import struct
import uuid
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, cast

import apache_beam as beam

from moderation.audit.progress import progress
from moderation.audit.tallying import Tallying
from moderation.datasets.encode import ImageForm
from moderation.datasets.encoded_files import EncodedFiles
from moderation.datasets.examples import feature_specs, image_fields, serialise, values_of
from moderation.datasets.image_results import EncodedImage
from moderation.datasets.labels import Vocabulary, most_labels
from moderation.datasets.stats import count_row
from moderation.storage.files import DigestingFile
from moderation.storage.packing import Pack, open_all
from moderation.storage.shards import Shard
from schemas.datasets import FeatureSpec
from schemas.records import Kind

SHARDS = "shards"
BINS = 1 << 14
_KEY_BITS = 14
_OVERHEAD_BYTES = 900

ShardPlan = Mapping[str, tuple[int, ...]]
"""By split, the first slice of each of its shards."""


@dataclass(frozen=True, slots=True)
class ExampleShard:
    """One staged TFRecord file and its place in the split."""

    split: str
    number: int
    file: Shard


class SizeShards(beam.CombineFn):
    """Packs of rows → a ``ShardPlan`` whose shards hold at most ``shard_bytes`` before compression.

    A single slice over the limit is a shard of its own all the same.
    """

    def __init__(self, shard_bytes: int) -> None:
        self._shard_bytes = shard_bytes

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
            if split not in plan or held[split] + size > self._shard_bytes:
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


class WriteExamples(Tallying):
    """``((split, shard), packs of rows)`` → ``ExampleShard``; the side input is the vocabulary."""

    def __init__(
        self, form: ImageForm, folder: str, *, compressed: bool, several: bool = False
    ) -> None:
        super().__init__()
        self._several = several
        self._form = form
        self._folder = folder
        self._compressed = compressed
        self._images = EncodedFiles()

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
            encoding=self._form.encoding,
            height=self._form.height,
            width=self._form.width,
            several=most_labels(vocabulary) if self._several else None,
        )
        fields = image_fields(kinds)
        rows = sorted(open_all(packs), key=_order)
        name = f"{split}-{uuid.uuid4().hex}.{extension(self._compressed)}"
        writer = RecordWriter(f"{self._folder}/{name}", compressed=self._compressed)
        for row in rows:
            writer.write(self._example(row, specs, fields))
            count_row(self._tally, row)
            progress.written()
        yield ExampleShard(split, number, writer.close(split))

    def _example(self, row: dict[str, Any], specs: list[FeatureSpec], fields: list[str]) -> bytes:
        images = {
            field: self._images.read(EncodedImage(*image))
            for field, image in row["images"].items()
            if isinstance(image, list)
        }
        return serialise(values_of(row, images, fields), specs)


def extension(compressed: bool) -> str:
    """Suffix of the files, without the dot."""
    return "tfrecord.gz" if compressed else "tfrecord"


class RecordWriter:
    """A TFRecord file: length, its checksum, data, its checksum (masked CRC-32C).

    https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
    """

    def __init__(self, path: str, *, compressed: bool) -> None:
        self._file = DigestingFile(path)
        self._stream: IO[bytes] = cast(IO[bytes], self._file)
        if compressed:
            self._stream = cast(
                IO[bytes],
                gzip.GzipFile(
                    filename="", mode="wb", compresslevel=6, fileobj=self._stream, mtime=0
                ),
            )
        self._compressed = compressed
        self._records = 0

    def write(self, record: bytes) -> None:
        """Append one record."""
        length = struct.pack("<Q", len(record))
        self._stream.write(b"".join((length, _checksum(length), record, _checksum(record))))
        self._records += 1

    def close(self, table: str) -> Shard:
        """Finish, and say what was written."""
        if self._compressed:
            self._stream.close()
        self._file.close()
        return Shard(
            table=table,
            extension=extension(self._compressed),
            path=self._file.path,
            rows=self._records,
            bytes=self._file.bytes,
            sha256=self._file.sha256,
        )


def _checksum(data: bytes) -> bytes:
    import google_crc32c

    crc = google_crc32c.value(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def _order(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Rows that this cannot tell apart have equal examples."""
    return row["key"], row["item_id"], *row["ids"].values(), row["label"], row["extras"]
