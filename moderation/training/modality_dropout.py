"""Modality dropout: in training, an example now and then loses its text or its images."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable("moderation")
class ModalityDropout(keras.layers.Layer):
    """Presence of images → which modalities are kept, ``(text [batch, 1], images [batch, n])``.

    With probability ``rate`` an example that has both loses one of them, either as often as the
    other; an example without an image never loses its text. Outside training all that is there
    stays.
    """

    def __init__(self, rate: float, *, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.rate = rate
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, presence: Any, training: bool = False) -> tuple[Any, Any]:
        """``presence`` float ``[batch, n]``."""
        text = keras.ops.ones_like(presence[:, :1])
        if not training or self.rate == 0.0:
            return text, presence
        draw = keras.random.uniform(keras.ops.shape(text), seed=self.seed_generator)
        draw = keras.ops.cast(draw, presence.dtype)
        has_image = keras.ops.max(presence, axis=1, keepdims=True)
        lose_text = keras.ops.cast(draw < self.rate / 2, presence.dtype) * has_image
        lose_image = keras.ops.cast(draw > 1 - self.rate / 2, presence.dtype)
        return 1 - lose_text, presence * (1 - lose_image)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> Any:
        """One number for the text, one for each image."""
        return (shape[0], 1), shape

    def get_config(self) -> dict[str, Any]:
        """Rate and seed."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
