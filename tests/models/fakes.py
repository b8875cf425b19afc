"""Small SavedModels that behave, and some that do not. Exported with plain TensorFlow.

Every model here is a formula over its inputs, so a test can say what a score must
be. The tweet-pair ones take what the Keras multimodal-entailment example takes, at
8 × 8 pixels and 16 tokens; see :func:`expected_entailment`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from moderation.models.types import ModelItem
from schemas.records import ENTAILMENT_LABELS, Kind

SIDE = 8
TOKENS = 16
POISON = 13
"""Value of the first pixel of ``image_1`` that makes a model misbehave."""

Tensors = Mapping[str, Any]


def export(
    path: Path | str,
    *,
    inputs: Mapping[str, tuple[str, tuple[int | None, ...]]],
    score: Callable[[Tensors], Tensors],
    signature: str = "serving_default",
    card: Mapping[str, Any] | None = None,
) -> str:
    """Writes a SavedModel with one signature, and a card where one is given.

    Args:
        inputs: name to dtype and shape.
        score: from the inputs to the outputs, in TensorFlow operations.
    """
    return export_signatures(path, {signature: (inputs, score)}, card=card)


def export_signatures(
    path: Path | str,
    signatures: Mapping[
        str,
        tuple[Mapping[str, tuple[str, tuple[int | None, ...]]], Callable[[Tensors], Tensors]],
    ],
    *,
    card: Mapping[str, Any] | None = None,
    keep: Any = None,
) -> str:
    """As :func:`export`, with any number of signatures; ``keep`` holds their variables."""
    import tensorflow as tf

    module = tf.Module()
    module.kept = [vars(each) for each in (keep if isinstance(keep, list) else [keep]) if each]
    concrete = {}
    for name, (inputs, score) in signatures.items():
        specs = {
            each: tf.TensorSpec(shape, dtype, name=each) for each, (dtype, shape) in inputs.items()
        }
        function = tf.function(lambda _score=score, **tensors: _score(tensors), autograph=False)
        concrete[name] = function.get_concrete_function(**specs)
    tf.saved_model.save(module, str(path), signatures=concrete)
    if card is not None:
        Path(path, "card.json").write_text(json.dumps(card), encoding="utf-8")
    return str(path)


def entailment_inputs(
    *, rows: int | None = None, side: int = SIDE, tokens: int = TOKENS
) -> dict[str, tuple[str, tuple[int | None, ...]]]:
    """Inputs of the Keras example in its TF-Hub form."""
    return {
        "image_1": ("float32", (rows, side, side, 3)),
        "image_2": ("float32", (rows, side, side, 3)),
        "input_word_ids": ("int32", (rows, tokens)),
        "input_mask": ("int32", (rows, tokens)),
        "input_type_ids": ("int32", (rows, tokens)),
    }


def entailment_logits(tensors: Tensors) -> Any:
    """``[n, 3]``: brightness of each image in 0..1, and the share of second-text tokens."""
    import tensorflow as tf

    first, second = (
        tf.reduce_mean(tensors[name], axis=[1, 2, 3]) / 255.0 for name in ("image_1", "image_2")
    )
    segments = tf.cast(tensors["input_type_ids"], tf.float32)
    mask = tf.cast(tensors["input_mask"], tf.float32)
    share = tf.reduce_sum(segments, axis=1) / tf.reduce_sum(mask, axis=1)
    known = tf.cast(tf.reduce_max(tensors["input_word_ids"], axis=1) < 30522, tf.float32)
    return tf.stack([first, second, share * known], axis=1)


def expected_entailment(brightness_1: float, brightness_2: float, share: float) -> np.ndarray:
    """What :func:`export_fake_entailment` says of images that are one grey all over."""
    exponents = np.exp([brightness_1 / 255.0, brightness_2 / 255.0, share])
    return np.asarray(exponents / exponents.sum())


def export_fake_entailment(path: Path | str, *, rows: int | None = None) -> str:
    """Behaves: the softmax of :func:`entailment_logits`."""
    import tensorflow as tf

    return export(
        path,
        inputs=entailment_inputs(rows=rows),
        score=lambda tensors: {"probabilities": tf.nn.softmax(entailment_logits(tensors))},
    )


def _poisoned(tensors: Tensors) -> Any:
    """bool ``[n]``."""
    return tensors["image_1"][:, 0, 0, 0] == float(POISON)


def export_poison(path: Path | str) -> str:
    """Raises where any item of the batch is poisoned."""
    import tensorflow as tf

    def score(tensors: Tensors) -> Tensors:
        poisoned = tf.reduce_any(_poisoned(tensors))
        message = "poison from https://user:pw@host.example/a.jpg?token=secret"
        check = tf.debugging.Assert(tf.logical_not(poisoned), [message])
        with tf.control_dependencies([check]):
            return {"probabilities": tf.nn.softmax(entailment_logits(tensors))}

    return export(path, inputs=entailment_inputs(), score=score)


def export_nan(path: Path | str, *, always: bool = False) -> str:
    """Says NaN of poisoned items; ``always``: of all."""
    import tensorflow as tf

    def score(tensors: Tensors) -> Tensors:
        bad = tf.logical_or(_poisoned(tensors), always)[:, tf.newaxis]
        good = tf.nn.softmax(entailment_logits(tensors))
        return {"probabilities": tf.where(bad, float("nan"), good)}

    return export(path, inputs=entailment_inputs(), score=score)


def export_exhausted(path: Path | str, *, above: int) -> str:
    """Runs out of memory where a batch has more rows: asks for 256 TiB, which no address spans."""
    import tensorflow as tf

    def score(tensors: Tensors) -> Tensors:
        rows = tf.shape(tensors["image_1"], out_type=tf.int64)[0]
        size = tf.where(rows > above, tf.constant(1 << 46, tf.int64), tf.constant(1, tf.int64))
        ones = tf.fill([size], tf.reduce_mean(tensors["image_1"]) * 0.0 + 1.0)
        spare = tf.reduce_max(ones) - 1.0
        return {"probabilities": tf.nn.softmax(entailment_logits(tensors) + spare)}

    return export(path, inputs=entailment_inputs(), score=score)


def export_row_dropper(path: Path | str) -> str:
    """Gives one row too few where any item of the batch is poisoned."""
    import tensorflow as tf

    def score(tensors: Tensors) -> Tensors:
        kept = tf.logical_not(_poisoned(tensors))
        return {"probabilities": tf.boolean_mask(tf.nn.softmax(entailment_logits(tensors)), kept)}

    return export(path, inputs=entailment_inputs(), score=score)


def export_logits(path: Path | str) -> str:
    """Forgot the softmax, and its output does not say so."""
    return export(
        path,
        inputs=entailment_inputs(),
        score=lambda tensors: {"output_0": 4.0 * entailment_logits(tensors) - 1.0},
    )


def export_keras_hub_named(path: Path | str, *, tokens: int = TOKENS) -> str:
    """KerasHub's names for the text inputs; the last output echoes the ids for parity tests."""
    import tensorflow as tf

    def score(tensors: Tensors) -> Tensors:
        ids = tf.cast(tensors["token_ids"], tf.float32)
        mask = tf.cast(tensors["padding_mask"], tf.float32)
        segments = tf.cast(tensors["segment_ids"], tf.float32)
        sums = [tf.reduce_sum(each, axis=1) for each in (ids / 30522.0, mask, segments)]
        return {"probabilities": tf.nn.softmax(tf.stack(sums, axis=1))}

    return export(
        path,
        inputs={
            "token_ids": ("int32", (None, tokens)),
            "padding_mask": ("bool", (None, tokens)),
            "segment_ids": ("int64", (None, tokens)),
        },
        score=score,
    )


def export_fake_meme(path: Path | str, *, column: bool = True) -> str:
    """Image and raw text; p(hateful) is the brightness where the text says ``bad``, else 0."""
    import tensorflow as tf

    def score(tensors: Tensors) -> Tensors:
        bright = tf.reduce_mean(tf.cast(tensors["image"], tf.float32), axis=[1, 2, 3]) / 255.0
        bad = tf.strings.regex_full_match(tensors["text"], r"(?s).*bad.*")
        p = bright * tf.cast(bad, tf.float32)
        return {"p": p[:, tf.newaxis] if column else p}

    return export(
        path,
        inputs={"image": ("uint8", (None, SIDE, SIDE, 3)), "text": ("string", (None,))},
        score=score,
    )


def export_both_kinds(path: Path | str) -> str:
    """A bundle with a card, two signatures, raw texts, uint8 images and presence."""
    import tensorflow as tf

    def bright(tensors: Tensors, name: str) -> Any:
        return tf.reduce_mean(tf.cast(tensors[name], tf.float32), axis=[1, 2, 3]) / 255.0

    def entailment(tensors: Tensors) -> Tensors:
        first = bright(tensors, "pixels_1") * tensors["there_1"]
        second = bright(tensors, "pixels_2") * tensors["there_2"]
        longer = tf.strings.length(tensors["words_1"]) > tf.strings.length(tensors["words_2"])
        logits = tf.stack([first, second, tf.cast(longer, tf.float32)], axis=1)
        return {"scores": tf.nn.softmax(logits)}

    def hateful(tensors: Tensors) -> Tensors:
        return {"scores": bright(tensors, "pixels") * tensors["there"][:, 0]}

    pixels = ("uint8", (None, SIDE, SIDE, 3))
    return export_signatures(
        path,
        {
            "entailment": (
                {
                    "words_1": ("string", (None,)),
                    "words_2": ("string", (None,)),
                    "pixels_1": pixels,
                    "pixels_2": pixels,
                    "there_1": ("float32", (None,)),
                    "there_2": ("float32", (None,)),
                },
                entailment,
            ),
            "hateful": (
                {"words": ("string", (None, 1)), "pixels": pixels, "there": ("float32", (None, 1))},
                hateful,
            ),
        },
        card=both_kinds_card(),
    )


def both_kinds_card() -> dict[str, Any]:
    """The card of :func:`export_both_kinds`."""
    image = {"height": SIDE, "width": SIDE}
    pair_inputs: list[dict[str, Any]] = []
    for number in (1, 2):
        pair_inputs += [
            {"name": f"words_{number}", "source": "text", "fields": [f"text_{number}"]},
            {
                "name": f"pixels_{number}",
                "source": "image",
                "fields": [f"image_{number}"],
                "image": image,
            },
            {"name": f"there_{number}", "source": "presence", "fields": [f"image_{number}"]},
        ]
    return {
        "name": "both-kinds",
        "version": "1",
        "description": "Brightness and length.",
        "licence": "Apache-2.0",
        "tasks": [
            {
                "name": "entailment",
                "kind": "tweet_pair",
                "signature": "entailment",
                "inputs": pair_inputs,
                "output": "scores",
                "labels": list(ENTAILMENT_LABELS),
                "missing_images": "zeros",
            },
            {
                "name": "hateful",
                "kind": "meme",
                "signature": "hateful",
                "inputs": [
                    {"name": "words", "source": "text", "fields": ["text"]},
                    {"name": "pixels", "source": "image", "fields": ["img"], "image": image},
                    {"name": "there", "source": "presence", "fields": ["img"]},
                ],
                "output": "scores",
                "labels": ["not_hateful", "hateful"],
                "missing_images": "zeros",
            },
        ],
    }


def grey(value: int) -> np.ndarray:
    """uint8 ``[8, 8, 3]``, one grey all over."""
    return np.full((SIDE, SIDE, 3), value, dtype=np.uint8)


def pair(
    key: str = "pair",
    *,
    greys: tuple[int | None, int | None] = (100, 200),
    texts: tuple[str, str] = ("one two", "three"),
) -> ModelItem:
    """A tweet pair whose images are grey; None: there is no image."""
    images = {f"image_{at}": grey(value) for at, value in enumerate(greys, 1) if value is not None}
    return ModelItem(key, Kind.TWEET_PAIR, {"text_1": texts[0], "text_2": texts[1]}, images)


def meme(key: str = "meme", *, grey_value: int | None = 255, text: str = "bad") -> ModelItem:
    """A meme whose image is grey; None: there is no image."""
    images = {} if grey_value is None else {"img": grey(grey_value)}
    return ModelItem(key, Kind.MEME, {"text": text}, images)
