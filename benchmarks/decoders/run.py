"""Decoders in processes of their own beside decoders in threads, on the same pictures.

``python -m benchmarks.decoders.run [DIR …]``. Each round decodes all pictures through the image
door on one side and then on the other; who begins alternates. Printed are, for each side, the
seconds by the clock and of the processor (children included) an image, the memory of all its
processes at the highest, and the median over the rounds of the ratio of two neighbours. Exits with
1 where the ratios break the bounds, or where one pixel differs.

The processes are started before a round is timed: what a start costs is printed beside, since a
run pays it once. Without a folder it draws photographs' stand-ins itself.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from moderation.images.door import DoorOptions, ImageDoor
from moderation.images.types import DecodedImage, ImageOutcome, ImageRef, Target

MOST_PROCESSOR = 1.05
MOST_CLOCK = 1.05
"""Of the clock a machine's other work takes its part: a median above this is no noise."""
SIDES = ("threads", "processes")


class Spent(NamedTuple):
    """Seconds."""

    clock: float
    processor: float


def main() -> int:
    """Run the rounds; the exit status says whether the bounds hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--size", type=int, default=128, help="side of the target, pixels")
    parser.add_argument("--decoders", type=int, default=0, help="at once; default: one per core")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--most", type=int, default=400, help="pictures")
    options = parser.parse_args()
    pictures = list(found(options.folders))[: options.most] if options.folders else drawn()
    target = Target(options.size, options.size)
    rounds: list[dict[str, Spent]] = []
    seen: dict[str, list[ImageOutcome]] = {}
    for number in range(-1, options.rounds):  # the first warms caches and counts for nothing
        sides = SIDES if number % 2 else SIDES[::-1]
        one = {side: measured(side, pictures, target, options.decoders, seen) for side in sides}
        rounds += [one] if number >= 0 else []
    differing = sum(not same(*pair) for pair in zip(*(seen[side] for side in SIDES), strict=True))
    print(
        f"{len(pictures)} pictures, {options.size} px, {options.rounds} rounds; {differing} differ"
    )
    report(rounds, len(pictures))
    ratios = {
        field: statistics.median(
            getattr(one["processes"], field) / getattr(one["threads"], field) for one in rounds
        )
        for field in Spent._fields
    }
    print("  processes / threads: " + ", ".join(f"{k} {v:.3f}" for k, v in ratios.items()))
    broke = differing or ratios["processor"] > MOST_PROCESSOR or ratios["clock"] > MOST_CLOCK
    return 1 if broke else 0


def measured(
    side: Any, pictures: list[bytes], target: Target, at_once: int, seen: dict[str, Any]
) -> Spent:
    """All pictures on one side, its processes started before and reaped after."""
    import tempfile

    options = DoorOptions(decoders=side, decode_threads=at_once, cache_max_bytes=0)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / str(number) for number in range(len(pictures))]
        for path, data in zip(paths, pictures, strict=True):
            path.write_bytes(data)
        refs = [ImageRef("img", path.name, str(path), folder) for path in paths]
        with ImageDoor(options) as door:
            for future in [door.submit(ref, Target(8, 8)) for ref in refs[:16]]:
                future.result()
            idle = everybodys_processor_s()
            began = time.perf_counter()
            futures = [door.submit(ref, target) for ref in refs]
            seen[side] = [future.result() for future in futures]
            clock, busy = time.perf_counter() - began, everybodys_processor_s()
    return Spent(clock, busy - idle)


def everybodys_processor_s() -> float:
    """Of this process and its living children, as Linux tells it."""
    total = time.process_time()
    for pid in Path(f"/proc/{os.getpid()}").glob("task/*/children"):
        for child in pid.read_text().split():
            total += int(Path(f"/proc/{child}/schedstat").read_text().split()[0]) / 1e9
    return total


def same(one: ImageOutcome, other: ImageOutcome) -> bool:
    """Whether two outcomes are equal, to the last bit."""
    if isinstance(one, DecodedImage) and isinstance(other, DecodedImage):
        facts = ("sha256", "bytes", "width", "height", "format")
        return np.array_equal(one.pixels, other.pixels) and all(
            getattr(one, name) == getattr(other, name) for name in facts
        )
    return one == other


def report(rounds: list[dict[str, Spent]], pictures: int) -> None:
    """Milliseconds an image."""
    for side in SIDES:
        least = [min(getattr(one[side], field) for one in rounds) for field in Spent._fields]
        middle = [
            statistics.median(getattr(one[side], field) for one in rounds)
            for field in Spent._fields
        ]
        told = [
            f"{name} {1000 * a / pictures:.3f} (median {1000 * b / pictures:.3f})"
            for name, a, b in zip(Spent._fields, least, middle, strict=True)
        ]
        print(f"  {side:9} ms an image: {', '.join(told)}")


def found(folders: Iterable[Path]) -> Iterable[bytes]:
    """The files of some folders."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path.read_bytes()


def drawn(count: int = 200) -> list[bytes]:
    """JPEGs of about the weight of posts' photographs: smooth colours under a grain."""
    random = np.random.default_rng(7)
    made = []
    for _ in range(count):
        coarse = random.integers(0, 256, (9, 12, 3), dtype=np.uint8)
        smooth = np.asarray(Image.fromarray(coarse).resize((800, 600), Image.Resampling.BICUBIC))
        grain = random.normal(0, 6, smooth.shape)
        pixels = np.clip(smooth + grain, 0, 255).astype(np.uint8)
        with io.BytesIO() as file:
            Image.fromarray(pixels).save(file, "JPEG", quality=85)
            made.append(file.getvalue())
    return made


if __name__ == "__main__":
    sys.exit(main())
