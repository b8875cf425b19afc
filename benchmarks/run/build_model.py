"""Writes what the rows need of TensorFlow: the example's SavedModel, or one that costs nothing."""

from __future__ import annotations

import sys
from typing import Any


def cheap(path: str) -> None:
    """Two images in, float32 [n, 128, 128, 3]; three scores out, by their mean colours."""
    import tensorflow as tf

    def score(image_1: Any, image_2: Any) -> dict[str, Any]:
        means = tf.reduce_mean(image_1 - image_2, axis=(1, 2))
        return {"scores": tf.nn.softmax(means / 255.0)}

    specs = [tf.TensorSpec((None, 128, 128, 3), tf.float32, name=f"image_{n}") for n in (1, 2)]
    function = tf.function(score, autograph=False).get_concrete_function(*specs)
    tf.saved_model.save(tf.Module(), path, signatures={"serving_default": function})


def example(path: str) -> None:
    """The architecture of the Keras multimodal-entailment example, random weights."""
    from benchmarks.models.entailment_example import build

    build().export(path, verbose=False)


if __name__ == "__main__":
    {"cheap": cheap, "example": example}[sys.argv[1]](sys.argv[2])
