"""Mid-level concatenation: each modality through its own linear layer, then layers over both."""

from __future__ import annotations

from typing import Any

import keras

from moderation.training.fusions.parts import Parts, scaled
from moderation.training.fusions.projection import hidden
from moderation.training.fusions.standardise import Standardise
from schemas.recipe import FusionSpec


def fuse(parts: Parts, spec: FusionSpec) -> Any:
    """→ float ``[batch, dim]``.

    Source: ``LanguageAndVisionConcat`` of the Hateful Memes starter (text and image linear, ReLU,
    concat, fusion layer, ReLU, dropout); with ``project_to`` null the features are concatenated as
    they come, as in RoBERTa + ViT classifiers.
    """
    layers = keras.layers
    found = [(parts.text, parts.keep_text, "text")] if parts.text is not None else []
    for place, image in enumerate(parts.images):
        keep = parts.keep_images[:, place : place + 1]
        found.append((image, keep, f"image_{place + 1}" if len(parts.images) > 1 else "image"))
    linear = {}
    sides = []
    for features, keep, name in found:
        modality = name.split("_")[0]
        side = features
        if spec.standardise:
            factor = spec.image_factor if modality == "image" else 1.0
            side = Standardise(factor, name=f"{name}_standardised")(side)
        if spec.project_to is not None:
            if modality not in linear:
                linear[modality] = layers.Dense(
                    spec.project_to,
                    activation=spec.projection_activation,
                    name=f"{modality}_projection",
                )
            side = linear[modality](side)
        sides.append(side if keep is None else scaled(side, keep))
    joined = sides[0] if len(sides) == 1 else layers.Concatenate(name="concat")(sides)
    return hidden(joined, sizes=spec.hidden, activation=spec.activation, dropout=spec.dropout)
