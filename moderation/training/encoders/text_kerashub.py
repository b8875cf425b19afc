"""BERT and RoBERTa of KerasHub, from a preset, a preset's folder, or a Hugging Face folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import keras_hub
import tensorflow as tf

from moderation.models.tokens import Tokenize, make_tokenizer
from moderation.training.encoders import hugging_face
from moderation.training.encoders.types import MASK, SEQUENCE, VECTOR, TextEncoder, TokenInput
from moderation.training.encoders.uri import Uri, fetched
from moderation.training.errors import TrainingError
from moderation.training.provenance import public_name
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


class BertPacker(tf.Module):
    """The same for BERT: its words are split as when BERT was trained, which KerasHub's are not."""

    def __init__(self, tokenizer: Any, tokenize: Tokenize, *, sequence_length: int) -> None:
        """``tokenizer`` is KerasHub's, for its marks; ``tokenize`` is asked in its place."""
        super().__init__()
        self._tokenize = tokenize
        self._padding = tokenizer.pad_token_id
        self._pack = keras_hub.layers.MultiSegmentPacker(
            sequence_length=sequence_length,
            start_value=tokenizer.cls_token_id,
            end_value=tokenizer.sep_token_id,
            pad_value=tokenizer.pad_token_id,
        )

    def __call__(self, *texts: Any) -> dict[str, Any]:
        """Strings, each ``[batch]`` → tokens, each ``[batch, sequence_length]``."""
        ids, segments = self._pack(tuple(self._tokenize(text) for text in texts))
        packed = {"token_ids": ids, "segment_ids": segments, "padding_mask": ids != self._padding}
        return {name: tf.cast(value, _FEATURES[name]) for name, value in packed.items()}


def make(uri: Uri, spec: TextEncoderSpec) -> TextEncoder:
    """Opens the preset.

    Raises:
        TrainingError: it cannot be had, is no BERT or RoBERTa, or has fewer layers or positions
            than asked.
    """
    hub = keras_hub.models
    backbone, packer, sep_token_id = fetched(uri, lambda: _opened(uri, spec), remedy=_REMEDY)
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
        packer=packer,
        inputs=inputs,
        model=_features(backbone, layers=spec.layers, length=spec.sequence_length),
        weights=(backbone,),
        preprocessing=(
            f"{name} tokens of {public_name(uri.rest).rsplit('/', 1)[-1]} inside the SavedModel, "
            f"{spec.sequence_length} at most; two texts share one sequence"
        ),
        needs_tensorflow_text=True,
        backbone=backbone,
        others={"sep_token_id": sep_token_id},
    )


def _opened(uri: Uri, spec: TextEncoderSpec) -> tuple[Any, Any, int | None]:
    """The backbone and, where it is one that can be used, its packer and its separator's id."""
    hub = keras_hub.models
    with hugging_face.readable(uri.rest) as preset:
        backbone = hub.Backbone.from_preset(preset)
        if not isinstance(backbone, (hub.BertBackbone, hub.RobertaBackbone)):
            return backbone, None, None
        tokenizer = keras_hub.tokenizers.Tokenizer.from_preset(preset)
        made = _bert_packer if _is_bert(backbone) else _packer
        packer = made(preset, tokenizer, spec.sequence_length)
        return backbone, packer, getattr(tokenizer, "sep_token_id", None)


def _packer(preset: str, tokenizer: Any, sequence_length: int) -> Packer:
    return Packer(
        keras_hub.models.TextClassifierPreprocessor.from_preset(
            preset, tokenizer=tokenizer, sequence_length=sequence_length
        )
    )


def _bert_packer(preset: str, tokenizer: Any, sequence_length: int) -> BertPacker:
    """BERTs without case were trained without accents, unless their folder says otherwise."""
    folder = Path(preset.removeprefix("file://"))
    told = hugging_face.read_json(folder / hugging_face.TOKENIZER_CONFIG)
    tokenize = make_tokenizer(
        tokenizer.get_vocabulary(),
        tokenizer="hugging_face",
        lower_case=bool(tokenizer.lowercase),
        strip_accents=told.get("strip_accents"),
        cjk_apart=told.get("tokenize_chinese_chars") is not False,
    )
    return BertPacker(tokenizer, tokenize, sequence_length=sequence_length)


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
