"""What the door costs beside bare Pillow, for the local files of a folder.

``python -m benchmarks.fetch.local_overhead DIR``. Both sides read the same files, decode with
``draft`` and resize to 128 × 128 on as many threads; each runs ``--rounds`` times and the
quickest counts: on the clock, and of the processor.
"""

from __future__ import annotations

import argparse
import io
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from moderation.images.door import DoorOptions, ImageDoor
from moderation.images.references import locate
from moderation.images.types import DecodedImage, Target

SIDE = 128


def bare(path: Path) -> np.ndarray:
    image = Image.open(io.BytesIO(path.read_bytes()))
    image.draft(None, (SIDE, SIDE))
    return np.array(image.resize((SIDE, SIDE), Image.Resampling.BILINEAR).convert("RGB"))


def with_pillow(paths: list[Path], threads: int) -> tuple[float, float]:
    with ThreadPoolExecutor(threads) as pool:
        started = now()
        assert len(list(pool.map(bare, paths))) == len(paths)
        return since(started)


def with_door(paths: list[Path], threads: int) -> tuple[float, float]:
    options = DoorOptions(decode_threads=threads, cache_max_bytes=0)
    with ImageDoor(options) as door:
        started = now()
        root = str(paths[0].parent)
        refs = [locate("img", str(path), root=root) for path in paths]
        found = [door.submit(ref, Target(SIDE, SIDE)) for ref in refs]
        assert all(isinstance(future.result(), DecodedImage) for future in found)
        return since(started)


def now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def since(started: tuple[float, float]) -> tuple[float, float]:
    clock, processor = now()
    return clock - started[0], processor - started[1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    paths = sorted(path for path in options.folder.iterdir() if path.is_file())
    for threads in (1, 2):
        print(f"{len(paths)} files, {threads} threads, ms an image:")
        best: dict[str, tuple[float, float]] = {}
        for side in (with_pillow, with_door):
            runs = [side(paths, threads) for _ in range(options.rounds)]
            clock, processor = (1000 * min(times) / len(paths) for times in zip(*runs, strict=True))
            best[side.__name__] = (clock, processor)
            print(f"  {side.__name__:12} clock {clock:.3f}, processor {processor:.3f}")
        ratios = [door / pillow - 1 for pillow, door in zip(*best.values(), strict=True)]
        print(f"  the door costs {ratios[0]:+.1%} on the clock, {ratios[1]:+.1%} of the processor")


if __name__ == "__main__":
    main()
