"""Every distinct image once: fetched through the door, made small, encoded, put into a pack file.

Bytes wait in the run's staging area; what crosses shuffles is where they lie.
"""

from __future__ import annotations

import io
import os
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

import apache_beam as beam
from apache_beam.utils.shared import Shared
from PIL import Image

from moderation.audit.progress import progress
from moderation.datasets.groups.near_images import perceptual_hash
from moderation.images.options import DoorOptions
from moderation.images.prefetch import (
    FAILED,
    FETCHING,
    READY,
    PrefetchImages,
    ReadyItem,
    SumDoorStats,
    Wanted,
)
from moderation.images.types import ImageRef, Target
from moderation.records.items import Item
from moderation.storage import files
from moderation.storage.packing import Pack, open_all
from moderation.verdicts.judgement import Judgement
from schemas.datasets import ImageEncoding
from schemas.records import Kind

OUTCOMES = "outcomes"
_FIELD = "img"
_WINDOW = 96
_OPEN_FILES = 32


@dataclass(frozen=True, slots=True)
class ImageForm:
    """How images are to lie in examples."""

    height: int
    width: int
    encoding: ImageEncoding
    quality: int
    reduced_decode: bool = True

    @property
    def target(self) -> Target:
        """What the door makes of an image."""
        return Target(self.height, self.width, "bilinear", self.reduced_decode)

    def encode(self, image: Image.Image) -> bytes:
        """An RGB image as the example has it."""
        if self.encoding is ImageEncoding.RAW:
            return image.tobytes()
        stream = io.BytesIO()
        if self.encoding is ImageEncoding.PNG:
            image.save(stream, "PNG", compress_level=6)
        else:
            image.save(stream, "JPEG", quality=self.quality)
        return stream.getvalue()


class EncodeImages(beam.PTransform):
    """``(bucket, packs of wanted images)`` → outcomes by image key, and the door's counts.

    A wanted image is ``[image_key, field, reference, location, root, content_key]``. Outcomes are
    ``(image_key, [True, sha256, hash, width, height, file, offset, length])`` or
    ``(image_key, [False, stage, code, message, attempts])``.
    """

    def __init__(self, form: ImageForm, door: DoorOptions, folder: str) -> None:
        super().__init__()
        self._form = form
        self._door = door
        self._folder = folder

    def expand(self, wanted: Any) -> dict[str, Any]:
        """Fetch, encode; failures beside it."""
        images = Wanted({_FIELD: self._form.target}, frozenset((_FIELD,)))
        fetched = (
            wanted
            | "Distinct" >> beam.FlatMapTuple(_distinct)
            | "Fetch"
            >> beam.ParDo(
                PrefetchImages(images, self._door, window=_WINDOW, door=Shared())
            ).with_outputs(FAILED, FETCHING, main=READY)
        )
        encoded = fetched[READY] | "Encode" >> beam.ParDo(_Encode(self._form, self._folder))
        failed = fetched[FAILED] | "Failed" >> beam.Map(_failed)
        return {
            OUTCOMES: (encoded, failed) | "Outcomes" >> beam.Flatten(),
            FETCHING: fetched[FETCHING] | "SumStats" >> beam.CombineGlobally(SumDoorStats()),
        }


def image_key(location: str, root: str | None) -> str:
    """What makes two references one image to fetch."""
    return f"{root or ''}\n{location}"


def _distinct(_: int, packs: Iterable[Pack]) -> Iterator[Item]:
    """Each image as an item of its own, which is what the prefetching step takes."""
    seen = set()
    for key, _field, reference, location, root, _content in open_all(packs):
        if key not in seen:
            seen.add(key)
            yield Item(key, Kind.MEME, {}, (ImageRef(_FIELD, reference, location, root),))


def _failed(judgement: Judgement) -> tuple[str, list[Any]]:
    failure = judgement.failure
    assert failure is not None
    progress.judged()
    message = failure.message.removeprefix(f"{_FIELD}: ")
    return judgement.content_key, [
        False,
        failure.stage.value,
        failure.code.value,
        message,
        failure.attempts,
    ]


class _Encode(beam.DoFn):
    """``ReadyItem`` → ``(image_key, outcome)``; one pack file a bundle."""

    def __init__(self, form: ImageForm, folder: str) -> None:
        self._form = form
        self._folder = folder
        self._path = ""
        self._file: IO[bytes] | None = None
        self._offset = 0

    def start_bundle(self) -> None:
        """Leave what a failed bundle wrote where it is: nobody refers to it."""
        self._file = None

    def process(self, item: ReadyItem) -> Iterator[tuple[str, list[Any]]]:
        """Append the image to the bundle's file."""
        if self._file is None:
            self._path = f"{self._folder}/{uuid.uuid4().hex}"
            self._file = files.create(self._path)
            self._offset = 0
        image, report = Image.fromarray(item.images[_FIELD]), item.reports[0]
        data = self._form.encode(image)
        self._file.write(data)
        progress.judged()
        outcome = [
            True,
            report.sha256,
            perceptual_hash(image),
            report.width,
            report.height,
            self._path,
            self._offset,
            len(data),
        ]
        self._offset += len(data)
        yield item.content_key, outcome

    def finish_bundle(self) -> None:
        """Close the file: whatever reads from it comes behind a shuffle."""
        if self._file is not None:
            self._file.close()
            self._file = None


class PackFiles:
    """Reads images back from pack files; keeps the last few open."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, IO[bytes]] = OrderedDict()

    def read(self, path: str, offset: int, length: int) -> bytes:
        """Bytes of one image; raises ``EOFError`` where the file ends before it does."""
        file = self._open.get(path)
        if file is None:
            file = self._open[path] = _opened(path)
            if len(self._open) > _OPEN_FILES:
                self._open.popitem(last=False)[1].close()
        self._open.move_to_end(path)
        file.seek(offset)
        data = file.read(length)
        if len(data) != length:
            raise EOFError(f"{path} ends before {offset + length}")
        return data

    def close(self) -> None:
        """Close all."""
        while self._open:
            self._open.popitem()[1].close()


def _opened(path: str) -> IO[bytes]:
    if not files.is_remote(path):
        return open(os.fspath(path), "rb", buffering=0)
    from moderation.storage.opening import open_bytes

    return open_bytes(path)
