"""Late fusion: text and images are projected, each by itself, and laid side by side."""

from __future__ import annotations

from typing import Any

import keras

from moderation.training.fusions.parts import Parts, scaled
from moderation.training.fusions.projection import hidden, projected
from schemas.recipe import FusionSpec


def fuse(parts: Parts, spec: FusionSpec) -> Any:
    """→ float ``[batch, dim]``.

    The images of an item are laid side by side before they are projected. Source: the Keras example
    "Multimodal entailment".
    """
    found = []
    if parts.images:
        found.append(_projected(_side_by_side(parts.kept_images()), spec, "image"))
        found[-1] = scaled(found[-1], keras.ops.max(parts.keep_images, axis=1, keepdims=True))
    if parts.text is not None:
        found.append(_projected(parts.kept_text(), spec, "text"))
        if parts.keep_text is not None:
            found[-1] = scaled(found[-1], parts.keep_text)
    return hidden(
        _side_by_side(found), sizes=spec.hidden, activation=spec.activation, dropout=spec.dropout
    )


def _projected(features: Any, spec: FusionSpec, name: str) -> Any:
    if spec.project_to is None:
        return features
    return projected(
        features,
        to=spec.project_to,
        blocks=spec.projection_layers,
        dropout=spec.dropout,
        name=name,
    )


def _side_by_side(features: list[Any]) -> Any:
    return features[0] if len(features) == 1 else keras.layers.Concatenate()(features)
