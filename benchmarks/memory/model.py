"""A real bundle that costs next to nothing: a meme's score is a hash of its text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_BUCKETS = 10_000


def write_bundle(folder: Path) -> str:
    """Export the bundle; its path."""
    import tensorflow as tf

    def score(text: Any) -> dict[str, Any]:
        share = tf.strings.to_hash_bucket_fast(text, _BUCKETS) / _BUCKETS
        return {"p": tf.cast(share, tf.float32) ** 4}

    inputs = {"text": tf.TensorSpec((None,), tf.string, name="text")}
    function = tf.function(score, autograph=False).get_concrete_function(**inputs)
    tf.saved_model.save(tf.Module(), str(folder), signatures={"serving_default": function})
    card = {
        "name": "text-hash",
        "version": "1",
        "description": "A hash of the text, for measuring what a run costs beside its model.",
        "licence": "Apache-2.0",
        "tasks": [
            {
                "name": "hateful",
                "kind": "meme",
                "signature": "serving_default",
                "inputs": [{"name": "text", "source": "text", "fields": ["text"]}],
                "output": "p",
                "labels": ["not_hateful", "hateful"],
                "missing_images": "zeros",
            }
        ],
    }
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return str(folder)
