"""EfficientNet-Lite0 with ImageNet's weights, which ship with the package.

Its batch norms are folded into the convolutions before them, so that they rest in training too.
The weights lie in one file as float16.
Source: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite (a B0
without squeeze-and-excitation, ReLU6 in the place of swish).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from moderation.training.encoders.image_applications import imagenet_normalised, pooled
from moderation.training.encoders.types import ImageEncoder
from moderation.training.encoders.uri import Uri, fetched
from schemas.recipe import ImageEncoderSpec

Array = np.ndarray[Any, Any]

WEIGHTS = Path(__file__).parent / "weights" / "efficientnet_lite0.npz"
STEM, HEAD = "stem", "head"
_STEM_CHANNELS, _HEAD_CHANNELS = 32, 1280
_MIDDLE, _HALF_RANGE = 127.0, 128.0
_SHIPPED = "imagenet"
_REMEDY = "image.weights is 'imagenet', 'none', or a .weights.h5 of this network"


@dataclass(frozen=True, slots=True)
class Block:
    """An inverted residual block."""

    name: str
    inputs: int
    outputs: int
    expansion: int
    kernel: int
    stride: int

    @property
    def is_residual(self) -> bool:
        """Whether its inputs are added to its outputs."""
        return self.stride == 1 and self.inputs == self.outputs


def blocks() -> Iterator[Block]:
    """Its sixteen blocks, in order."""
    stages = (  # outputs, expansion, kernel, stride of the first, how many
        (16, 1, 3, 1, 1),
        (24, 6, 3, 2, 2),
        (40, 6, 5, 2, 2),
        (80, 6, 3, 2, 3),
        (112, 6, 5, 1, 3),
        (192, 6, 5, 2, 4),
        (320, 6, 3, 1, 1),
    )
    inputs, place = _STEM_CHANNELS, 0
    for outputs, expansion, kernel, stride, count in stages:
        for nth in range(count):
            first = stride if nth == 0 else 1
            yield Block(f"block{place}", inputs, outputs, expansion, kernel, first)
            inputs, place = outputs, place + 1


def make(uri: Uri, spec: ImageEncoderSpec) -> ImageEncoder:
    """Builds the network with its own scaling of pixels, (x − 127) / 128, in front of it.

    Raises:
        TrainingError: a file of other weights cannot be had.
    """
    network = fetched(uri, lambda: _with_weights(spec), remedy=_REMEDY)
    pixels = keras.Input((spec.height, spec.width, 3), dtype="uint8", name="image")
    floats = keras.ops.cast(pixels, "float32")
    prepared = scaled(floats) if spec.preprocessing == "own" else imagenet_normalised(floats)
    return ImageEncoder(
        keras.Model(pixels, pooled(network(prepared), spec.grid), name="encode_image"), (network,)
    )


def scaled(pixels: Any) -> Any:
    """float 0..255 ``[batch, height, width, 3]`` → −0.992..1."""
    scale = keras.layers.Rescaling(1 / _HALF_RANGE, -_MIDDLE / _HALF_RANGE, name="scaled")
    return scale(pixels)


def feature_map() -> Any:
    """``keras.Model``: scaled pixels → ``[batch, height / 32, width / 32, 1280]``, untrained."""
    inputs = keras.Input((None, None, 3), name="pixels")
    found = _convolved(inputs, _STEM_CHANNELS, 3, stride=2, name=STEM)
    for block in blocks():
        found = _block(found, block)
    found = _convolved(found, _HEAD_CHANNELS, 1, name=HEAD)
    return keras.Model(inputs, found, name="efficientnet_lite0")


def features(pixels: Any) -> Array:
    """Scaled pixels ``[batch, height, width, 3]`` → float32 ``[batch, 1280]``, by what ships."""
    model = feature_map()
    fill(model)
    found: Array = np.asarray(model(pixels, training=False)).mean(axis=(1, 2))
    return found


def fill(model: Any) -> None:
    """Puts ImageNet's weights into the layers of ``model`` that have some."""
    arrays = shipped()
    for layer in model.layers:
        if layer.weights:
            kernel, bias = arrays[f"{layer.name}/kernel"], arrays[f"{layer.name}/bias"]
            layer.set_weights([kernel.reshape(layer.weights[0].shape), bias])


@functools.cache
def shipped() -> dict[str, Array]:
    """``LAYER/kernel`` and ``LAYER/bias`` as they lie in the package, as float32."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return {name: each.astype(np.float32) for name, each in stored.items()}


def _with_weights(spec: ImageEncoderSpec) -> Any:
    model = feature_map()
    if spec.weights == _SHIPPED:
        fill(model)
    elif spec.weights is not None:
        model.load_weights(spec.weights)
    return model


def _block(inputs: Any, block: Block) -> Any:
    found = inputs
    if block.expansion > 1:
        wide = block.inputs * block.expansion
        found = _convolved(found, wide, 1, name=f"{block.name}_expand")
    found = keras.layers.DepthwiseConv2D(
        block.kernel, block.stride, padding="same", name=f"{block.name}_depthwise"
    )(found)
    found = keras.layers.ReLU(max_value=6)(found)
    project = keras.layers.Conv2D(block.outputs, 1, padding="same", name=f"{block.name}_project")
    found = project(found)
    return keras.layers.Add()([inputs, found]) if block.is_residual else found


def _convolved(inputs: Any, channels: int, kernel: int, *, name: str, stride: int = 1) -> Any:
    layer = keras.layers.Conv2D(channels, kernel, stride, padding="same", name=name)
    return keras.layers.ReLU(max_value=6)(layer(inputs))
