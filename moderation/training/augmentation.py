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
    return Augmentation(seed)(pixels)


@keras.saving.register_keras_serializable("moderation")
class Augmentation(keras.layers.Layer):
    """Keras' own random layers, at rest unless training is said: theirs begin with it on."""

    def __init__(self, seed: int, **options: Any) -> None:
        super().__init__(**options)
        self.seed = seed
        layers = keras.layers
        self._steps = [
            layers.RandomFlip("horizontal", seed=seed),
            layers.RandomRotation(_ROTATION_TURNS, fill_mode="nearest", seed=seed + 1),
            layers.RandomZoom((-_ZOOM, _ZOOM), fill_mode="nearest", seed=seed + 2),
            layers.RandomContrast(_CONTRAST, value_range=(0, 255), seed=seed + 3),
        ]

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Nothing is learnt."""
        for step in self._steps:
            step.build(shape)

    def call(self, pixels: Any, training: bool = False) -> Any:
        """uint8 in, uint8 out."""
        if not training:
            return pixels
        features = keras.ops.cast(pixels, "float32")
        for step in self._steps:
            features = step(features, training=True)
        return keras.ops.cast(keras.ops.clip(features, 0, 255), "uint8")

    def compute_output_spec(self, pixels: Any, training: bool = False) -> Any:
        """As it comes."""
        return keras.KerasTensor(pixels.shape, dtype="uint8")

    def get_config(self) -> dict[str, Any]:
        """The seed."""
        return {**super().get_config(), "seed": self.seed}
