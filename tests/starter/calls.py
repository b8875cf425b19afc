"""Calls a loaded bundle the way a scorer does: one named signature, one dict of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def side(card: Any) -> int:
    spec = next(spec for task in card.tasks for spec in task.inputs if spec.image)
    return int(spec.image.height)


def pictures(count: int, size: int, seed: int = 0) -> Array:
    """uint8 [count, size, size, 3]: blocks of colour, as unlike one another as posts are."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (count, 8, 8, 3), np.uint8)
    return coarse.repeat(size // 8, axis=1).repeat(size // 8, axis=2)


def hateful(loaded: Any, texts: Sequence[str], images: Array | None = None, *, size: int) -> Array:
    import tensorflow as tf

    shown = np.zeros((len(texts), size, size, 3), np.uint8) if images is None else images
    present = np.full(len(texts), images is not None, np.float32)
    found = loaded.signatures["hateful"](
        text=tf.constant(texts), image=tf.constant(shown), image_present=tf.constant(present)
    )
    return np.asarray(found["probabilities"])


def entailment(
    loaded: Any,
    first: Sequence[str],
    second: Sequence[str],
    images: tuple[Array | None, Array | None] = (None, None),
    *,
    size: int,
) -> Array:
    import tensorflow as tf

    zeros = np.zeros((len(first), size, size, 3), np.uint8)
    fed: dict[str, Any] = {"text_1": tf.constant(first), "text_2": tf.constant(second)}
    for number, image in enumerate(images, start=1):
        fed[f"image_{number}"] = tf.constant(zeros if image is None else image)
        present = np.full(len(first), image is not None, np.float32)
        fed[f"image_{number}_present"] = tf.constant(present)
    return np.asarray(loaded.signatures["entailment"](**fed)["probabilities"])
