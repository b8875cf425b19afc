"""A tweet-pair model that also comes in two steps, and a stand-in that counts what it encodes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schemas.records import ENTAILMENT_LABELS
from tests.models import fakes

PIXELS = ("uint8", (None, fakes.SIDE, fakes.SIDE, 3))
IMAGE = {"height": fakes.SIDE, "width": fakes.SIDE}


def _encode_text(text: Any) -> Any:
    """``[n, 2]``: length, and something of the words themselves."""
    import tensorflow as tf

    length = tf.cast(tf.strings.length(text), tf.float32) / 50.0
    words = tf.cast(tf.strings.to_hash_bucket_fast(text, 997), tf.float32) / 997.0
    return tf.stack([length, words], axis=1)


def _encode_image(pixels: Any) -> tuple[Any, Any]:
    """``[n, 3]`` means and ``[n]`` spread; raises where any image of the batch is poisoned."""
    import tensorflow as tf

    poisoned = tf.reduce_any(pixels[:, 0, 0, 0] == fakes.POISON)
    with tf.control_dependencies([tf.debugging.Assert(tf.logical_not(poisoned), ["poison"])]):
        scaled = tf.cast(pixels, tf.float32) / 255.0
    return tf.reduce_mean(scaled, axis=[1, 2]), tf.math.reduce_std(scaled, axis=[1, 2, 3])


def _join(tensors: Mapping[str, Any]) -> Any:
    import tensorflow as tf

    return tf.nn.softmax(
        tf.stack(
            [
                tensors["text_1"][:, 0] - tensors["text_2"][:, 1] + 3 * tensors["spread_1"],
                tensors["text_1"][:, 1] + 4 * (tensors["image_1"][:, 0] - tensors["image_2"][:, 1]),
                tensors["text_2"][:, 0] * 2 + tensors["spread_2"] + tensors["there_2"],
            ],
            axis=1,
        )
    )


def export_factored(path: Path | str, *, card: Mapping[str, Any] | None = None) -> str:
    """``serving_default``, ``encode_text``, ``encode_image`` and ``from_features``."""

    def whole(tensors: Mapping[str, Any]) -> dict[str, Any]:
        features = {"there_1": tensors["there_1"], "there_2": tensors["there_2"]}
        for at in (1, 2):
            features[f"text_{at}"] = _encode_text(tensors[f"text_{at}"])
            means, spread = _encode_image(tensors[f"image_{at}"])
            features |= {f"image_{at}": means, f"spread_{at}": spread}
        return {"probabilities": _join(features)}

    def image(tensors: Mapping[str, Any]) -> dict[str, Any]:
        means, spread = _encode_image(tensors["image"])
        return {"means": means, "spread": spread}

    text, presence = ("string", (None,)), ("float32", (None,))
    joined: dict[str, tuple[str, tuple[int | None, ...]]] = {}
    for at in (1, 2):
        joined |= {
            f"text_{at}": ("float32", (None, 2)),
            f"image_{at}": ("float32", (None, 3)),
            f"spread_{at}": presence,
            f"there_{at}": presence,
        }
    raw: dict[str, tuple[str, tuple[int | None, ...]]] = {}
    for at in (1, 2):
        raw |= {f"text_{at}": text, f"image_{at}": PIXELS, f"there_{at}": presence}
    return fakes.export_signatures(
        path,
        {
            "serving_default": (raw, whole),
            "encode_text": ({"text": text}, lambda given: {"words": _encode_text(given["text"])}),
            "encode_image": ({"image": PIXELS}, image),
            "from_features": (joined, lambda given: {"p": _join(given)}),
        },
        card=card or factored_card(),
    )


def factored_card() -> dict[str, Any]:
    """The card of :func:`export_factored`."""
    inputs: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    presence: list[dict[str, Any]] = []
    for at in (1, 2):
        there = {"name": f"there_{at}", "source": "presence", "fields": [f"image_{at}"]}
        text = {"source": "text", "fields": [f"text_{at}"]}
        image = {"source": "image", "fields": [f"image_{at}"], "image": IMAGE}
        inputs += [{"name": f"text_{at}", **text}, {"name": f"image_{at}", **image}, there]
        presence.append(there)
        parts += [
            {
                "signature": "encode_text",
                "inputs": [{"name": "text", **text}],
                "outputs": {"words": f"text_{at}"},
            },
            {
                "signature": "encode_image",
                "inputs": [{"name": "image", **image}],
                "outputs": {"means": f"image_{at}", "spread": f"spread_{at}"},
            },
        ]
    return {
        "name": "factored",
        "version": "1",
        "description": "Lengths, means and spreads.",
        "licence": "Apache-2.0",
        "needs_tensorflow_text": False,
        "tasks": [
            {
                "name": "entailment",
                "kind": "tweet_pair",
                "inputs": inputs,
                "output": "probabilities",
                "labels": list(ENTAILMENT_LABELS),
                "missing_images": "zeros",
                "features": {"parts": parts, "inputs": presence, "output": "p"},
            }
        ],
    }


class Counted:
    """A signature that remembers how many rows it was asked for; above ``limit`` it has no
    memory."""

    def __init__(self, function: Any, *, limit: int | None = None) -> None:
        self._function = function
        self._limit = limit
        self.structured_input_signature = function.structured_input_signature
        self.rows: list[int] = []

    def __call__(self, **tensors: Any) -> Any:
        rows = len(next(iter(tensors.values())))
        self.rows.append(rows)
        if self._limit is not None and rows > self._limit:
            raise MemoryError
        return self._function(**tensors)


class CountedModel:
    """A loaded SavedModel with counted signatures."""

    def __init__(self, path: str, *, limits: Mapping[str, int] | None = None) -> None:
        import tensorflow as tf

        self._model = tf.saved_model.load(path)
        self.signatures = {
            name: Counted(function, limit=(limits or {}).get(name))
            for name, function in self._model.signatures.items()
        }
