"""A BERT in Hugging Face layout, read into the names and shapes of the bundle's encoder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from moderation.starter.encoder import WORD, BertShape, Weights
from moderation.starter.text_rules import MAX_TOKENS


def read_shape(folder: Path) -> BertShape:
    """The sizes in ``folder/config.json``."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    return BertShape(**{name: config[name] for name in BertShape.__slots__})


def read_weights(folder: Path) -> Weights:
    """Weights of ``folder/model.safetensors``, kernels as ``[in, out]``, query-key-value fused.

    Segment 0 is folded into the positions: the bundle never sees a second segment.
    """
    from safetensors.numpy import load_file

    raw = load_file(folder / "model.safetensors")
    table = raw["embeddings.position_embeddings.weight"][:MAX_TOKENS]
    weights = {
        WORD: raw["embeddings.word_embeddings.weight"],
        "position": table + raw["embeddings.token_type_embeddings.weight"][0],
        "norm/gamma": raw["embeddings.LayerNorm.weight"],
        "norm/beta": raw["embeddings.LayerNorm.bias"],
    }
    for index in range(read_shape(folder).num_hidden_layers):
        weights |= _layer_weights(raw, index)
    return weights


def _layer_weights(raw: Mapping[str, Any], index: int) -> Weights:
    source = f"encoder.layer.{index}."
    attention = [f"attention.self.{part}" for part in ("query", "key", "value")]
    dense = {
        "qkv": attention,
        "mix": ["attention.output.dense"],
        "up": ["intermediate.dense"],
        "down": ["output.dense"],
    }
    norms = {"mix_norm": "attention.output.LayerNorm", "down_norm": "output.LayerNorm"}
    found: Weights = {}
    for name, parts in dense.items():
        kernels = [raw[f"{source}{part}.weight"].T for part in parts]
        biases = [raw[f"{source}{part}.bias"] for part in parts]
        found[f"layer{index}/{name}/kernel"] = np.concatenate(kernels, axis=1)
        found[f"layer{index}/{name}/bias"] = np.concatenate(biases)
    for name, part in norms.items():
        found[f"layer{index}/{name}/gamma"] = raw[f"{source}{part}.weight"]
        found[f"layer{index}/{name}/beta"] = raw[f"{source}{part}.bias"]
    return found
