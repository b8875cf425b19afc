"""The text encoder of the built-in bundle: its sentence vectors, frozen, inside the graph."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from moderation.training.encoders.types import VECTOR, TextEncoder, TokenInput
from moderation.training.errors import TrainingError

_INPUT = "text_vector"


class Packer(tf.Module):
    """Raw texts to the built-in encoder's sentence vectors."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self._model = model

    def __call__(self, *texts: Any) -> dict[str, Any]:
        """Strings, each ``[batch]`` → ``text_vector`` float32 ``[batch, dim or 4 × dim]``."""
        vectors = [self._model.sentence_vectors(text) for text in texts]
        if len(vectors) == 1:
            return {_INPUT: vectors[0]}
        first, second = vectors
        parts = [first, second, tf.abs(first - second), first * second]
        return {_INPUT: tf.concat(parts, axis=1)}


def make(*, segments: int) -> TextEncoder:
    """Loads the built-in bundle.

    Raises:
        TrainingError: the bundle has no sentence vectors.
    """
    from moderation.starter import bundle_path

    model = tf.saved_model.load(str(bundle_path()))
    if not hasattr(model, "sentence_vectors"):
        raise TrainingError("encoder starter: the built-in bundle gives no sentence vectors")
    size = model.sentence_vectors(tf.constant([""])).shape[1]
    dim = size * (1 if segments == 1 else 4)
    vector = keras.Input((dim,), dtype="float32", name=_INPUT)
    return TextEncoder(
        packer=Packer(model),
        inputs={_INPUT: TokenInput((dim,), "float32")},
        model=keras.Model(
            {_INPUT: vector},
            {VECTOR: keras.layers.Identity(name="sentence_vector")(vector)},
            name="encode_text",
        ),
        weights=(),
        preprocessing="as in the built-in bundle, inside the SavedModel; its encoder is frozen",
        needs_tensorflow_text=False,
    )
