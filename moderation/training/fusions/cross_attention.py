"""Cross-attention: images look at the text's tokens, the text at the images."""

from __future__ import annotations

from typing import Any

import keras

from moderation.training.fusions.parts import Parts, scaled
from moderation.training.fusions.projection import hidden, projected
from schemas.recipe import FusionSpec


def fuse(parts: Parts, spec: FusionSpec) -> Any:
    """→ float ``[batch, dim]``: both modalities' own vectors, and what each saw in the other.

    An image is one token, or as many as it has cells (``image.grid``); the text as many as its
    encoder gives. Both get one size: ``project_to``, or the text's where that is null.
    """
    ops = keras.ops
    size = spec.project_to or parts.text.shape[-1]
    common: dict[str, Any] = {
        "to": size,
        "blocks": spec.projection_layers,
        "dropout": spec.dropout,
    }
    cells, there = _cells(parts)
    images = projected(cells, name="image", **common)
    sequence = parts.sequence if parts.sequence is not None else parts.text[:, None, :]
    tokens = projected(sequence, name="text", **common)
    vector = keras.layers.Dense(size, name="text_vector_projection")(parts.text)
    any_image = ops.max(there, axis=1, keepdims=True)
    keep_text = ops.ones_like(any_image) if parts.keep_text is None else parts.keep_text

    text_mask = None if parts.mask is None else ops.expand_dims(parts.mask, 1)
    in_text = _attention(spec, size, "images_look_at_text")(
        images, tokens, attention_mask=text_mask
    )
    in_images = _attention(spec, size, "text_looks_at_images")(
        vector[:, None, :], images, attention_mask=ops.expand_dims(there > 0, 1)
    )
    sides = [
        scaled(vector, keep_text),
        _mean(images, there),
        scaled(_mean(in_text, there), keep_text),
        scaled(scaled(in_images[:, 0, :], any_image), keep_text),
    ]
    return hidden(
        keras.layers.Concatenate(name="both_and_seen")(sides),
        sizes=spec.hidden,
        activation=spec.activation,
        dropout=spec.dropout,
    )


def _cells(parts: Parts) -> tuple[Any, Any]:
    """All images' tokens ``[batch, tokens, dim]`` and which of them are there."""
    cells, there = [], []
    for place, image in enumerate(parts.images):
        tokens = image if len(image.shape) == 3 else image[:, None, :]
        keep = keras.ops.repeat(parts.keep_images[:, place : place + 1], tokens.shape[1], axis=1)
        cells.append(scaled(tokens, keep[:, :, None]))
        there.append(keep)
    if len(cells) == 1:
        return cells[0], there[0]
    return keras.ops.concatenate(cells, axis=1), keras.ops.concatenate(there, axis=1)


def _attention(spec: FusionSpec, size: int, name: str) -> Any:
    return keras.layers.MultiHeadAttention(
        num_heads=spec.heads, key_dim=max(1, size // spec.heads), dropout=spec.dropout, name=name
    )


def _mean(features: Any, there: Any) -> Any:
    """Over the tokens that are there; zeros where none is."""
    there = keras.ops.cast(there, features.dtype)
    total = keras.ops.sum(features * there[:, :, None], axis=1)
    return total / keras.ops.maximum(keras.ops.sum(there, axis=1, keepdims=True), 1)
