"""Tokens of a pair as the encoders were trained with them, by their own library."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from moderation.models.vocabulary import shipped_vocabulary

VOCABULARY = shipped_vocabulary()


@lru_cache
def bert_tokenizer(lower_case: bool = True) -> Any:
    """TF-Hub's ``bert_en_uncased_preprocess`` is this class over this vocabulary."""
    import tensorflow as tf
    import tensorflow_text as tf_text

    ids = tf.range(len(VOCABULARY), dtype=tf.int64)
    initializer = tf.lookup.KeyValueTensorInitializer(tf.constant(VOCABULARY), ids)
    table = tf.lookup.StaticHashTable(initializer, default_value=-1)
    return tf_text.BertTokenizer(table, lower_case=lower_case)


def reference(pairs: Sequence[Sequence[str]], length: int, lower_case: bool = True) -> Any:
    """``bert_pack_inputs`` spelled out: room is dealt out a token at a time, first text first."""
    ids, mask, segments = (np.zeros((len(pairs[0]), length), np.int32) for _ in range(3))
    tokenized = [
        bert_tokenizer(lower_case).tokenize(list(field)).merge_dims(1, -1).to_list()
        for field in pairs
    ]
    for row, fields in enumerate(zip(*tokenized, strict=True)):
        room, kept = length - 1 - len(fields), [0] * len(fields)
        while room and any(kept[at] < len(field) for at, field in enumerate(fields)):
            for at, field in enumerate(fields):
                if room and kept[at] < len(field):
                    kept[at], room = kept[at] + 1, room - 1
        packed, numbers = [101], [0]
        for at, field in enumerate(fields):
            packed += [*field[: kept[at]], 102]
            numbers += [at] * (kept[at] + 1)
        ids[row, : len(packed)], segments[row, : len(packed)] = packed, numbers
        mask[row, : len(packed)] = 1
    return {"ids": ids, "mask": mask, "segments": segments}
