"""Image encoders of KerasHub: a vision transformer's [CLS], or a network's feature map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import keras_hub

from moderation.training.encoders import hugging_face
from moderation.training.encoders.image_applications import imagenet_normalised, pooled
from moderation.training.encoders.types import ImageEncoder
from moderation.training.encoders.uri import Uri, fetched
from moderation.training.errors import TrainingError
from moderation.training.fusions.pooling import GridPooling
from schemas.recipe import ImageEncoderSpec

_REMEDY = (
    "Name a KerasHub preset on a machine that reaches its hub, or a preset's folder on this one"
)
PUBLISHED = "imagenet"
_HALF = 127.5


def make(uri: Uri, spec: ImageEncoderSpec) -> ImageEncoder:
    """Opens the preset; pixels are scaled as its image converter says, or -1..1 without one.

    Raises:
        TrainingError: it cannot be had, or takes no images, or those of another size.
    """
    backbone = fetched(uri, lambda: _opened(uri, spec.weights), remedy=_REMEDY)
    shape = (spec.height, spec.width, 3)
    _expect_size(uri, backbone, shape)
    pixels = keras.Input(shape, dtype="uint8", name="image")
    scaled = keras.ops.cast(pixels, "float32")
    if spec.preprocessing == "imagenet":
        features = backbone(imagenet_normalised(scaled))
    else:
        features = backbone(keras.layers.Rescaling(*_scaling(uri), name="scaled")(scaled))
    return ImageEncoder(
        keras.Model(pixels, _output(uri, backbone, features, spec), name="encode_image"),
        (backbone,),
    )


def _opened(uri: Uri, weights: str | None) -> Any:
    """``imagenet`` means the preset's own weights, a path those of a file."""
    with hugging_face.readable(uri.rest) as preset:
        backbone = keras_hub.models.Backbone.from_preset(preset, load_weights=weights == PUBLISHED)
    if weights not in (None, PUBLISHED):
        backbone.load_weights(weights)
    return backbone


def _expect_size(uri: Uri, backbone: Any, shape: tuple[int, int, int]) -> None:
    if isinstance(backbone.input, dict):
        raise TrainingError(f"encoder {uri} is a {type(backbone).__name__}, which takes no images")
    wanted = tuple(backbone.input.shape[1:])
    if any(size not in (None, asked) for size, asked in zip(wanted, shape, strict=True)):
        raise TrainingError(
            f"encoder {uri} takes images of {wanted[0]} × {wanted[1]}, the recipe says "
            f"{shape[0]} × {shape[1]}: set image.height and image.width"
        )


def _scaling(uri: Uri) -> tuple[Any, Any]:
    told = hugging_face.scaling(Path(uri.rest.removeprefix("file://")))
    if told is not None:
        return told
    try:
        converter = keras_hub.layers.ImageConverter.from_preset(uri.rest)
    except (ValueError, FileNotFoundError):
        converter = None
    if converter is None:
        return 1 / _HALF, -1.0
    scale = 1.0 if converter.scale is None else converter.scale
    return scale, 0.0 if converter.offset is None else converter.offset


def _output(uri: Uri, backbone: Any, features: Any, spec: ImageEncoderSpec) -> Any:
    if isinstance(features, dict):
        raise TrainingError(f"encoder {uri} gives several feature maps, where one is wanted")
    if len(features.shape) == 4:
        return pooled(features, spec.grid)
    has_class_token = bool(getattr(backbone, "use_class_token", True))
    if spec.grid is None:
        return features[:, 0, :] if has_class_token else keras.ops.mean(features, axis=1)
    patches = features[:, 1:, :] if has_class_token else features
    side = round(patches.shape[1] ** 0.5)
    if side * side != patches.shape[1]:
        raise TrainingError(f"encoder {uri}: its patches are no square, so no grid can be pooled")
    squared = keras.layers.Reshape((side, side, patches.shape[2]))(patches)
    return GridPooling(*spec.grid, name="grid")(squared)
