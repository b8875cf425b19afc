"""What size, speed and pictures are worth: the finished model beside its own variants."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.starter.encoder import Weights
from workshop.starter import measure_hate, picture_net
from workshop.starter.data import Memes, Texts
from workshop.starter.figures import figures, gained, sigmoid
from workshop.starter.quantise import COMPACT

Array = np.ndarray[Any, Any]

_BATCH = 32
_MB = 1e6


@dataclass(frozen=True, slots=True)
class Variant:
    """A form of the model: how its weights lie in the file and how many layers it runs."""

    name: str
    model: Any
    layers: int
    stored_bytes: int


def measure(weights: Weights, *, compact: Any, full: Any, rows: Texts) -> dict[str, Any]:
    """Size, speed and quality of p(hateful) by the text, each variant on the same ``rows``.

    Args:
        weights: all of them, float32.
        compact: the model as it ships, with int8.
        full: the same, all float32.
        rows: that no head was trained on.
    """
    layers = sum(name.startswith("layer") and name.endswith("/qkv/kernel") for name in weights)
    variants = [
        Variant("float32", full, layers, stored_bytes(weights, compact=False)),
        Variant("int8 (this bundle)", compact, layers, stored_bytes(weights, compact=True)),
    ]
    for count in (layers - 1, layers - 2):
        size = stored_bytes(_first_layers(weights, count), compact=True)
        variants.append(Variant(f"int8, stopped after {count} layers", compact, count, size))
    return {
        "how": "p(hateful) by the text, hatemoji_build validation and the own check together; "
        f"calls of {_BATCH} texts of like length, median, on the machine of the build",
        "forms": {variant.name: _row(variant, rows) for variant in variants},
    }


def stored_bytes(weights: Weights, *, compact: bool) -> int:
    """Bytes of the weights in the file: tables and kernels of the encoder as int8, or none."""
    return sum(
        value.size * (1 if compact and _is_compact(name) else 4) for name, value in weights.items()
    )


def with_and_without(model: Any, memes: Memes, eye_logits: Array) -> dict[str, Any]:
    """How well p(hateful) finds the stand-in label by text alone, and with the picture.

    ``eye_logits`` [n] come from eyes that did not see the picture in training.
    """
    text = measure_hate.logits(model, memes.texts)[:, 0].astype(np.float64)
    both = sigmoid(text + picture_net.REACH * np.tanh(eye_logits))
    truth, text = memes.labels, sigmoid(text)
    return {
        "label": "smears or name-calling (propaganda), not hate; the eye judged out of fold",
        "memes": len(truth),
        "auroc_text_alone": figures(truth, text)["roc_auc"],
        "auroc_picture_alone": figures(truth, sigmoid(eye_logits))["roc_auc"],
        "auroc_text_and_picture": figures(truth, both)["roc_auc"],
        "gained_by_the_picture": gained(truth, both, text),
    }


def _row(variant: Variant, rows: Texts) -> Mapping[str, Any]:
    model, run = variant.model, variant.model.hate_logits
    if variant.layers < model.shape.num_hidden_layers:
        run = tf.function(
            lambda texts: model.hate_logits_at(texts, variant.layers),
            input_signature=[tf.TensorSpec([None], tf.string)],
            autograph=False,
        )
    order = sorted(range(len(rows.texts)), key=lambda index: len(rows.texts[index]))
    logits = np.zeros(len(rows.texts))
    taken_s = []
    for start in range(0, len(order), _BATCH):
        part = order[start : start + _BATCH]
        texts = tf.constant([rows.texts[index] for index in part])
        begun = time.perf_counter()
        logits[part] = run(texts)[:, 0].numpy()
        if len(part) == _BATCH:
            taken_s.append((time.perf_counter() - begun) / _BATCH)
    return {
        "weights_mb": round(variant.stored_bytes / _MB, 1),
        "ms_a_text": round(float(np.median(taken_s)) * 1e3, 2),
        "auroc": figures(rows.labels, sigmoid(logits))["roc_auc"],
    }


def _is_compact(name: str) -> bool:
    return name in ("word", "position") or (name.startswith(COMPACT) and name.endswith("/kernel"))


def _first_layers(weights: Weights, count: int) -> Weights:
    kept = tuple(f"layer{index}/" for index in range(count))
    return {n: v for n, v in weights.items() if not n.startswith("layer") or n.startswith(kept)}
