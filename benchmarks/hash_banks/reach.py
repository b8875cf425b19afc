"""What PDQ finds of pictures that somebody changed, as this pipeline looks them up.

``python -m benchmarks.hash_banks.reach FOLDER [--every N]``. Every picture of the folder is put
into a bank as it is. Each is then changed in the ways that people change pictures, saved as JPEG,
and looked up as the image door shows it: as it is, as its mirror image, without its borders.
Printed is for each change the share that is found within distance 31, by plain PDQ and with all
views, and the median distance; before that how many pairs of different pictures match, and the
processor time of a picture.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from moderation.hashes.making import PictureHashing
from moderation.hashes.near import NearIndex
from moderation.hashes.views import View
from moderation.images.decoding.decode import decode
from moderation.images.decoding.makers import Makers
from moderation.images.types import DecodedImage, Target
from schemas.hashes import MatchedAs

MOST = 31
Change = Callable[[Image.Image], Image.Image]


def jpeg(image: Image.Image, quality: int = 75) -> bytes:
    """As it is sent on."""
    stream = io.BytesIO()
    image.convert("RGB").save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def scaled(share: float) -> Change:
    """To a share of both sides."""
    return lambda image: image.resize(
        (max(1, int(image.width * share)), max(1, int(image.height * share))),
        Image.Resampling.LANCZOS,
    )


def cropped(left: float, top: float, right: float, bottom: float) -> Change:
    """By shares of its sides."""

    def crop(image: Image.Image) -> Image.Image:
        wide, high = image.size
        box = (wide * left, high * top, wide * (1 - right), high * (1 - bottom))
        return image.crop(tuple(map(int, box)))

    return crop


def bordered(colour: str, *, top: float = 0.0, around: float = 0.0) -> Change:
    """With a bar on top, or a frame, by shares of its height and width."""

    def expand(image: Image.Image) -> Image.Image:
        side = int(image.width * around)
        return ImageOps.expand(image, (side, side + int(image.height * top), side, side), colour)

    return expand


CHANGES: dict[str, tuple[Change, int]] = {
    "JPEG, quality 50": (lambda image: image, 50),
    "JPEG, quality 20": (lambda image: image, 20),
    "half the size": (scaled(0.5), 75),
    "a third of the size": (scaled(1 / 3), 75),
    "grey": (lambda image: image.convert("L"), 75),
    "64 colours": (lambda image: image.quantize(64).convert("RGB"), 75),
    "white bar on top": (bordered("white", top=0.125), 75),
    "black bar on top": (bordered("black", top=0.125), 75),
    "black frame": (bordered("black", around=0.05), 75),
    "white frame": (bordered("white", around=0.05), 75),
    "mirrored": (ImageOps.mirror, 75),
    "mirrored, black frame": (
        lambda image: bordered("black", around=0.05)(ImageOps.mirror(image)),
        75,
    ),
    "3 % cropped on each side": (cropped(0.03, 0.03, 0.03, 0.03), 75),
    "bottom tenth cropped": (cropped(0, 0, 0, 0.1), 75),
    "turned by 3 degrees": (
        lambda image: image.rotate(3, Image.Resampling.BICUBIC, expand=True),
        75,
    ),
}


class Door:
    """A picture's views, as the image door makes them, without its processes."""

    def __init__(self) -> None:
        self._target = Target(64, 64, further=(PictureHashing(),))
        self._makers = Makers()

    def views(self, data: bytes) -> tuple[View, ...] | None:
        """None where the picture is not decoded."""
        decoded = decode(data, self._target)
        if not isinstance(decoded, DecodedImage):
            return None
        made = self._makers.made(decoded, self._target.further).made["pdq"]
        assert isinstance(made, tuple), made
        return made


def distances(index: NearIndex, views: tuple[View, ...], row: int) -> list[int]:
    """Of each view to the picture's own entry."""
    asked = np.frombuffer(b"".join(view.pdq.bits for view in views), np.uint8).reshape(-1, 32)
    found = index.within(asked, 64)
    own = {int(q): int(d) for q, r, d in zip(*found, strict=True) if r == row}
    return [own.get(at, 999) for at in range(len(views))]


def pictures(folder: Path, every: int) -> Iterator[bytes]:
    """Every so manieth file."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file())[::every]:
        yield path.read_bytes()


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    door = Door()
    began = time.process_time()
    seen = [
        (data, views)
        for data in pictures(options.folder, options.every)
        if (views := door.views(data))
    ]
    spent = (time.process_time() - began) / max(1, len(seen))
    bits = np.frombuffer(b"".join(views[0].pdq.bits for _, views in seen), np.uint8).reshape(-1, 32)
    index = NearIndex.build(bits)
    print(f"{len(seen)} pictures, {spent * 1e3:.1f} ms of processor each, decoded and hashed")
    print(f"quality below 50: {sum(views[0].pdq.quality < 50 for _, views in seen)}")
    pairs = index.within(bits, MOST)
    print(f"different pictures within {MOST}: {int((pairs.queries < pairs.rows).sum())} pairs\n")
    print("| change | found as it is | found with all views | median distance |\n|---|---|---|---|")
    for name, (change, quality) in CHANGES.items():
        found: list[tuple[int, int]] = []
        for row, (data, _) in enumerate(seen):
            with Image.open(io.BytesIO(data)) as image:
                views = door.views(jpeg(change(image.convert("RGB")), quality))
            assert views is not None
            told = distances(index, views, row)
            plain = [at for at, view in enumerate(views) if view.seen_as is MatchedAs.PICTURE]
            found.append((told[plain[0]], min(told)))
        shares = [statistics.mean(each[at] <= MOST for each in found) for at in (0, 1)]
        best = statistics.median(each[1] for each in found)
        print(
            f"| {name} | {shares[0]:.2f} | {shares[1]:.2f} | {best if best <= 64 else 'over 64'} |"
        )
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
