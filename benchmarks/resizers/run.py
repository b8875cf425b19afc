"""Each resizer beside Pillow's bilinear and beside its original, on the same pictures.

``python -m benchmarks.resizers.run DIR… [--size 128]``. A picture is decoded and resized by each
in turn, several times; of the processor seconds the least counts. Printed are milliseconds a
picture, the ratio to today's door with a full decode and with a reduced one, and the worst and the
mean difference from TensorFlow's own of 255. Exits with 1 where a resizer takes more than 1.5 times
the full decode's time or lies further than 1 from its original.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from moderation.images.decoding.decode import decode
from moderation.images.types import DecodedImage, Target
from schemas.pixels import PILLOW_RESIZERS, RESIZERS

MOST_TIME = 1.5
MOST_DIFFERENCE = 1.0
ORIGINALS = {
    "tf_bilinear": ("bilinear", False),
    "tf_bicubic": ("bicubic", False),
    "tf_area": ("area", False),
    "tf_nearest": ("nearest", False),
    "tf_bilinear_antialias": ("bilinear", True),
    "tf_bicubic_antialias": ("bicubic", True),
}


def main() -> int:
    """Measure all; the exit status says whether the bounds hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--size", type=int, default=128, help="side of the target, pixels")
    parser.add_argument("--most", type=int, default=60, help="pictures")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    pictures = [*photographs(options.folders)][: options.most]
    targets = targets_of(options.size)
    spent = dict.fromkeys(targets, 0.0)
    for data in pictures:
        least = dict.fromkeys(targets, float("inf"))
        for _ in range(options.rounds):
            for name, target in targets.items():
                least[name] = min(least[name], seconds(data, target))
        for name, each in least.items():
            spent[name] += each
    differences = {name: difference(name, pictures, options.size) for name in ORIGINALS}
    print(f"{len(pictures)} JPEGs, {options.size} px, milliseconds of the processor a picture")
    broke = False
    for name in targets:
        ratio = spent[name] / spent["full decode"]
        worst, mean = differences.get(name, (0.0, 0.0))
        told = f"worst {worst:.2f}, mean {mean:.2f}" if name in differences else ""
        reduced = spent[name] / spent["reduced decode"]
        took = 1000 * spent[name] / len(pictures)
        print(f"  {name:24}{took:6.2f}  × full {ratio:.2f}  × reduced {reduced:.2f}  {told}")
        broke |= ratio > MOST_TIME or worst > MOST_DIFFERENCE
    return 1 if broke else 0


def targets_of(side: int) -> dict[str, Target]:
    """Today's two, the named resizers, and TensorFlow's own reading."""
    named: dict[str, Any] = {
        name: Target(side, side, name)  # type: ignore[arg-type]
        for name in RESIZERS
        if name not in PILLOW_RESIZERS
    }
    return {
        "reduced decode": Target(side, side),
        "full decode": Target(side, side, reduced_decode=False),
        **named,
        "tf_bilinear, fast JPEG": Target(side, side, "tf_bilinear", jpeg="fast"),
    }


def photographs(folders: Iterable[Path]) -> Iterable[bytes]:
    """The JPEGs of some folders."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            data = path.read_bytes() if path.is_file() else b""
            if data[:2] == b"\xff\xd8":
                yield data


def seconds(data: bytes, target: Target) -> float:
    """Of the processor, for one picture."""
    began = time.process_time()
    outcome = decode(data, target)
    took = time.process_time() - began
    assert isinstance(outcome, DecodedImage), outcome
    return took


def difference(name: str, pictures: list[bytes], side: int) -> tuple[float, float]:
    """Worst and mean, over all pictures, of what TensorFlow makes of Pillow's pixels."""
    import tensorflow as tf

    resize: Callable[..., Any] = tf.image.resize
    method, antialias = ORIGINALS[name]
    worst, means = 0.0, []
    for data in pictures:
        outcome = decode(data, Target(side, side, name))  # type: ignore[arg-type]
        assert isinstance(outcome, DecodedImage), outcome
        with Image.open(io.BytesIO(data)) as image:
            turned = image.getexif().get(0x0112, 1) != 1
            pixels = np.asarray(image.convert("RGB"))
        if turned:  # TensorFlow shows it lying
            continue
        theirs = resize(pixels, (side, side), method=method, antialias=antialias).numpy()
        off = np.abs(theirs.clip(0, 255) - outcome.pixels)
        worst = max(worst, float(off.max()))
        means.append(float(off.mean()))
    return worst, float(np.mean(means))


if __name__ == "__main__":
    sys.exit(main())
