"""Image encoders of ``keras.applications``: a name, and ``imagenet``, no, or one's own weights."""

from __future__ import annotations

import sys
from typing import Any

import keras

from moderation.training.encoders.types import ImageEncoder
from moderation.training.encoders.uri import Uri, fetched
from moderation.training.errors import TrainingError
from moderation.training.fusions.pooling import GridPooling
from schemas.recipe import ImageEncoderSpec

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
_REMEDY = (
    "'imagenet' is fetched once by a machine that reaches Keras' storage; elsewhere give "
    "image.weights the path of a weights file, or 'none' for random ones"
)


def make(uri: Uri, spec: ImageEncoderSpec) -> ImageEncoder:
    """Builds the network with its own preprocessing in front of it.

    Raises:
        TrainingError: there is no such network, or its weights cannot be had.
    """
    build, own = _network(uri)
    shape = (spec.height, spec.width, 3)
    network = fetched(
        uri,
        lambda: build(include_top=False, weights=spec.weights, input_shape=shape),
        remedy=_REMEDY,
    )
    pixels = keras.Input(shape, dtype="uint8", name="image")
    scaled = keras.ops.cast(pixels, "float32")
    prepared = own(scaled) if spec.preprocessing == "own" else imagenet_normalised(scaled)
    return ImageEncoder(
        keras.Model(pixels, pooled(network(prepared), spec.grid), name="encode_image"), (network,)
    )


def pooled(features: Any, grid: tuple[int, int] | None) -> Any:
    """A feature map as one vector, or as a row of grid cells."""
    if grid is None:
        return keras.layers.GlobalAveragePooling2D(name="pool")(features)
    return GridPooling(*grid, name="grid")(features)


def imagenet_normalised(pixels: Any) -> Any:
    """float 0..255 ``[batch, height, width, 3]`` → less ImageNet's mean, by its deviation."""
    return keras.layers.Normalization(
        mean=[255 * value for value in IMAGENET_MEAN],
        variance=[(255 * value) ** 2 for value in IMAGENET_STD],
        name="imagenet_normalised",
    )(pixels)


def _network(uri: Uri) -> tuple[Any, Any]:
    """What builds the network, and what prepares pixels 0..255 for it."""
    build = getattr(keras.applications, uri.rest, None)
    if not callable(build):
        known = [name for name in dir(keras.applications) if name[0].isupper()]
        raise TrainingError(f"encoder {uri}: keras.applications has {', '.join(known)}")
    return build, sys.modules[build.__module__].preprocess_input
