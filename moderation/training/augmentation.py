"""Image augmentation inside the network; does nothing outside training."""

from __future__ import annotations

from typing import Any

import keras

_ROTATION_TURNS = 0.03
_ZOOM = 0.1
_CONTRAST = 0.2


def augmented(pixels: Any, *, seed: int) -> Any:
    """uint8 ``[batch, height, width, 3]`` → the same, changed a little.

    Flipped, turned, zoomed, its contrast raised or lowered. Words in memes are mirrored by a flip
    as well; the text is given beside them.
    """
    layers = keras.layers
    features = keras.ops.cast(pixels, "float32")
    for layer in (
        layers.RandomFlip("horizontal", seed=seed),
        layers.RandomRotation(_ROTATION_TURNS, fill_mode="nearest", seed=seed + 1),
        layers.RandomZoom((-_ZOOM, _ZOOM), fill_mode="nearest", seed=seed + 2),
        layers.RandomContrast(_CONTRAST, value_range=(0, 255), seed=seed + 3),
    ):
        features = layer(features)
    return keras.ops.cast(keras.ops.clip(features, 0, 255), "uint8")
