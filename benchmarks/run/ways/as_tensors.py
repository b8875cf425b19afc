"""What plain code feeds the example's SavedModel with: TensorFlow's own decoder and tokenizer."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import tensorflow as tf
import tensorflow_text as tft

SIDE, TOKENS = 128, 128
FIELDS = ("text_1", "text_2", "image_1", "image_2")


def read(records: str, rows: int) -> list[dict[str, str]]:
    """Texts and paths of the first rows of a CSV file."""
    folder = Path(records).parent
    with open(records, newline="", encoding="utf-8") as file:
        found = [row for row, _ in zip(csv.DictReader(file), range(rows), strict=False)]
    return [
        {name: str(folder / row[name]) if "image" in name else row[name] for name in FIELDS}
        for row in found
    ]


def image(path: Any) -> Any:
    """float32 [128, 128, 3] in 0..255."""
    pixels = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
    return tf.image.resize(pixels, (SIDE, SIDE))


def packer(vocabulary: str) -> Callable[[Any, Any], dict[str, Any]]:
    """From two strings [n] to BERT's three inputs int32 [n, 128]."""
    words = Path(vocabulary).read_text(encoding="utf-8").splitlines()
    entries = tf.lookup.KeyValueTensorInitializer(words, range(len(words)), tf.string, tf.int64)
    bert = tft.BertTokenizer(tf.lookup.StaticVocabularyTable(entries, 1), lower_case=True)
    trim = tft.RoundRobinTrimmer(TOKENS - 3)

    def pack(*texts: Any) -> dict[str, Any]:
        parts = [bert.tokenize(text).merge_dims(-2, -1) for text in texts]
        ids, types = tft.combine_segments(trim.trim(parts), 101, 102)
        packed, mask = tft.pad_model_inputs(ids, TOKENS)
        types, _ = tft.pad_model_inputs(types, TOKENS)
        named = {"input_word_ids": packed, "input_mask": mask, "input_type_ids": types}
        return {name: tf.cast(value, tf.int32) for name, value in named.items()}

    return pack


def signature(model: str, device: str) -> Callable[[dict[str, Any]], Any]:
    """The SavedModel: a batch in, scores as NumPy out.

    Raises:
        SystemExit: at a call: the scores were not made on the device that was asked for.
    """
    loaded = tf.saved_model.load(model)
    function = loaded.signatures["serving_default"]
    function._keep = loaded

    def call(batch: dict[str, Any]) -> Any:
        found = function(**{name: tf.convert_to_tensor(value) for name, value in batch.items()})
        scores = next(iter(found.values()))
        if f":{device}:" not in scores.device:
            raise SystemExit(f"scores were made on {scores.device}, not on a {device}")
        return scores.numpy()

    return call


def stacked(items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A batch of items."""
    some = list(items)
    return {name: tf.stack([item[name] for item in some]) for name in some[0]}
