"""Every distinct image once: fetched through the door, made small, encoded, appended to a file.

Bytes wait in the run's staging area; what crosses shuffles is where they lie.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any

import apache_beam as beam
from PIL import Image

from moderation.audit.progress import progress
from moderation.datasets.groups.near_images import PdqForGroups, both_hashes, steps_hash
from moderation.datasets.image_results import (
    EncodedImage,
    ImageResult,
    LostImage,
    WantedImage,
    distinct_images,
)
from moderation.images.options import DoorOptions
from moderation.images.prefetch import (
    FETCHED,
    FETCHING,
    PrefetchImages,
    Requests,
    SumDoorStats,
)
from moderation.images.types import DecodedImage, ImageFailure, ImageOutcome, Target
from moderation.storage import files
from schemas.datasets import ImageEncoding, ImageHash

RESULTS = "results"
_IMAGE = "image"
_WINDOW = 96


@dataclass(frozen=True, slots=True)
class ImageForm:
    """How images are to lie in examples."""

    height: int
    width: int
    encoding: ImageEncoding
    quality: int
    reduced_decode: bool = True
    near_by: ImageHash = ImageHash.STEPS
    """The hash that tells near images."""

    @property
    def target(self) -> Target:
        """What the door makes of an image."""
        further = (PdqForGroups(),) if self.near_by is ImageHash.PDQ else ()
        return Target(self.height, self.width, "bilinear", self.reduced_decode, further=further)

    def near_hash(self, found: DecodedImage, image: Image.Image) -> str:
        """The hash of a picture, or nothing where it is like many others or cannot be hashed.

        Args:
            found: as the door gave it.
            image: its pixels, as the example has them.
        """
        steps = steps_hash(image)
        if self.near_by is ImageHash.STEPS:
            return steps
        made = found.made[PdqForGroups().name]
        return both_hashes(made if isinstance(made, str) else "", steps, sha256=found.sha256)

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


@dataclass(eq=False)
class EncodeImages(beam.PTransform):
    """``(bucket, packs of WantedImage)`` → ``results``: ``(key, ImageResult)``; ``fetching``.

    Images whose keys are equal are fetched once.
    """

    form: ImageForm
    door: DoorOptions
    folder: str

    def expand(self, wanted: Any) -> dict[str, Any]:
        """Fetch, encode."""
        fetched = (
            wanted
            | "Distinct" >> beam.FlatMapTuple(distinct_images)
            | "Fetch"
            >> beam.ParDo(
                PrefetchImages(partial(_request, target=self.form.target), self.door, _WINDOW)
            ).with_outputs(FETCHING, main=FETCHED)
        )
        return {
            RESULTS: fetched[FETCHED] | "Encode" >> beam.ParDo(_Encode(self.form, self.folder)),
            FETCHING: fetched[FETCHING] | "SumStats" >> beam.CombineGlobally(SumDoorStats()),
        }


def _request(wanted: WantedImage, target: Target) -> Requests:
    return {_IMAGE: (wanted.ref, target)}


@dataclass(eq=False)
class _Encode(beam.DoFn):
    """Wanted images with their outcomes → ``(key, ImageResult)``; one file a bundle."""

    form: ImageForm
    folder: str
    _path: str = field(default="", init=False)
    _file: IO[bytes] | None = field(default=None, init=False)
    _offset: int = field(default=0, init=False)

    def start_bundle(self) -> None:
        """Leave what a failed bundle wrote where it is: nobody refers to it."""
        self._file = None

    def process(
        self, fetched: tuple[WantedImage, Mapping[str, ImageOutcome]]
    ) -> Iterator[tuple[str, ImageResult]]:
        """Append the image to the bundle's file, or say why there is none."""
        wanted, outcomes = fetched
        outcome = outcomes[_IMAGE]
        progress.judged()
        if isinstance(outcome, ImageFailure):
            stage, code = outcome.stage.value, outcome.code.value
            yield wanted.key, LostImage(stage, code, outcome.message, max(outcome.attempts, 1))
            return
        image = Image.fromarray(outcome.pixels)
        data = self.form.encode(image)
        place = self._append(data)
        hashed = self.form.near_hash(outcome, image)
        size = outcome.width, outcome.height
        yield wanted.key, EncodedImage(outcome.sha256, hashed, *size, *place, len(data))

    def finish_bundle(self) -> None:
        """Close the file: whatever reads from it comes behind a shuffle."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _append(self, data: bytes) -> tuple[str, int]:
        """The file and the offset in it where the bytes lie now."""
        if self._file is None:
            self._path = f"{self.folder}/{uuid.uuid4().hex}"
            self._file = files.create(self._path)
            self._offset = 0
        place = self._path, self._offset
        self._file.write(data)
        self._offset += len(data)
        return place
