"""BERT and RoBERTa of KerasHub, from a preset, a preset's folder, or a Hugging Face folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import keras_hub
import tensorflow as tf

from moderation.training.encoders import hugging_face
from moderation.training.encoders.types import MASK, SEQUENCE, VECTOR, TextEncoder, TokenInput
from moderation.training.encoders.uri import Uri, fetched
from moderation.training.errors import TrainingError
from moderation.training.origin import public_name
from schemas.recipe import TextEncoderSpec

_REMEDY = (
    "Name a KerasHub preset on a machine that reaches its hub, or a folder on this one in "
    "KerasHub's or Hugging Face's layout"
)
_FEATURES = {"token_ids": "int32", "segment_ids": "int32", "padding_mask": "bool"}


class Packer(tf.Module):
    """Tokenises and packs one or more texts into one sequence, inside a graph."""

    def __init__(self, preprocessor: Any) -> None:
        super().__init__()
        self._preprocessor = preprocessor

    def __call__(self, *texts: Any) -> dict[str, Any]:
        """Strings, each ``[batch]`` → tokens, each ``[batch, sequence_length]``."""
        packed = self._preprocessor(x=tuple(texts) if len(texts) > 1 else texts[0])
        return {name: tf.cast(value, _FEATURES[name]) for name, value in packed.items()}


def make(uri: Uri, spec: TextEncoderSpec) -> TextEncoder:
    """Opens the preset.

    Raises:
        TrainingError: it cannot be had, is no BERT or RoBERTa, or has fewer layers or positions
            than asked.
    """
    hub = keras_hub.models
    backbone, preprocessor = fetched(uri, lambda: _opened(uri, spec), remedy=_REMEDY)
    if not isinstance(backbone, (hub.BertBackbone, hub.RobertaBackbone)):
        raise TrainingError(f"encoder {uri} is a {type(backbone).__name__}, no BERT or RoBERTa")
    if spec.sequence_length > backbone.max_sequence_length:
        raise TrainingError(
            f"encoder {uri} has {backbone.max_sequence_length} positions, too few for "
            f"sequence_length {spec.sequence_length}"
        )
    layers = backbone.transformer_layers
    if spec.layers is not None and spec.layers > len(layers):
        raise TrainingError(f"encoder {uri} has {len(layers)} layers, fewer than {spec.layers}")
    shape = (spec.sequence_length,)
    inputs = {name: TokenInput(shape, _FEATURES[name]) for name in backbone.input}
    name = "BERT WordPiece" if _is_bert(backbone) else "RoBERTa byte-pair"
    return TextEncoder(
        packer=Packer(preprocessor),
        inputs=inputs,
        model=_features(backbone, layers=spec.layers, length=spec.sequence_length),
        weights=(backbone,),
        preprocessing=(
            f"{name} tokens of {public_name(uri.rest).rsplit('/', 1)[-1]} inside the SavedModel, "
            f"{spec.sequence_length} at most; two texts share one sequence"
        ),
        needs_tensorflow_text=True,
        backbone=backbone,
        others={"sep_token_id": getattr(preprocessor.tokenizer, "sep_token_id", None)},
    )


def _opened(uri: Uri, spec: TextEncoderSpec) -> tuple[Any, Any]:
    """The backbone and, where it is one that can be used, its preprocessor."""
    hub = keras_hub.models
    with hugging_face.readable(uri.rest) as preset:
        backbone = hub.Backbone.from_preset(preset)
        if not isinstance(backbone, (hub.BertBackbone, hub.RobertaBackbone)):
            return backbone, None
        return backbone, _preprocessor(preset, spec.sequence_length)


def _preprocessor(preset: str, sequence_length: int) -> Any:
    tokenizer = keras_hub.tokenizers.Tokenizer.from_preset(preset)
    if getattr(tokenizer, "lowercase", False) and not _keeps_accents(preset):
        tokenizer = type(tokenizer).from_preset(preset, strip_accents=True)
    return keras_hub.models.TextClassifierPreprocessor.from_preset(
        preset, tokenizer=tokenizer, sequence_length=sequence_length
    )


def _keeps_accents(preset: str) -> bool:
    """BERTs without case were trained without accents, unless their folder says otherwise."""
    folder = Path(preset.removeprefix("file://"))
    told = hugging_face.read_json(folder / hugging_face.TOKENIZER_CONFIG)
    return told.get("strip_accents") is False


def _is_bert(backbone: Any) -> bool:
    return isinstance(backbone, keras_hub.models.BertBackbone)


def _features(backbone: Any, *, layers: int | None, length: int) -> Any:
    """The first layers, and a vector: of all of BERT's its pooled output, else the first token."""
    inputs = {
        name: keras.Input((length,), dtype=_FEATURES[name], name=name) for name in backbone.input
    }
    chosen = backbone.transformer_layers[: layers or len(backbone.transformer_layers)]
    output = chosen[-1].output
    whole = len(chosen) == len(backbone.transformer_layers)
    targets = {SEQUENCE: output}
    if _is_bert(backbone) and whole:
        targets[VECTOR] = backbone.output["pooled_output"]
    else:
        targets[VECTOR] = output[:, 0, :]
    inner = keras.Model(backbone.input, targets, name="text_backbone")
    features = inner(inputs)
    mask = keras.ops.cast(inputs["padding_mask"], "bool")
    return keras.Model(
        inputs,
        {VECTOR: features[VECTOR], SEQUENCE: features[SEQUENCE], MASK: mask},
        name="encode_text",
    )
