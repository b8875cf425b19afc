"""Projection heads: each modality's features to one size."""

from __future__ import annotations

from typing import Any

import keras


def projected(features: Any, *, to: int, blocks: int, dropout: float, name: str) -> Any:
    """Dense, then ``blocks`` residual blocks of GELU, Dense, Dropout, Add, LayerNorm.

    Works on ``[batch, dim]`` and on ``[batch, length, dim]``. Source: the Keras example
    "Multimodal entailment" (https://keras.io/examples/nlp/multimodal_entailment/).
    """
    layers = keras.layers
    found = layers.Dense(to, name=f"{name}_projection")(features)
    for block in range(blocks):
        inner = layers.Activation("gelu", name=f"{name}_gelu_{block}")(found)
        inner = layers.Dense(to, name=f"{name}_dense_{block}")(inner)
        inner = layers.Dropout(dropout, name=f"{name}_dropout_{block}")(inner)
        found = layers.Add(name=f"{name}_add_{block}")([found, inner])
        found = layers.LayerNormalization(name=f"{name}_norm_{block}")(found)
    return found


def hidden(features: Any, *, sizes: tuple[int, ...], activation: str, dropout: float) -> Any:
    """Dense layers, each with its activation and dropout."""
    for place, size in enumerate(sizes):
        features = keras.layers.Dense(size, activation=activation, name=f"hidden_{place}")(features)
        features = keras.layers.Dropout(dropout, name=f"hidden_dropout_{place}")(features)
    return features
