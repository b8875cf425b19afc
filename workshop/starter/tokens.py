"""Texts to ids of tokens, as the bundle does it, for what learns from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import tensorflow as tf

from moderation.starter.spelling_graph import Spelling
from moderation.starter.text_graph import TextGraph

Tokenise = Callable[[Sequence[str]], list[list[int]]]
_BATCH = 256


def tokeniser(assets: Path, *, repaired: bool) -> Tokenise:
    """Texts to lists of ids, by the bundle's own graph; ``assets`` has its tables.

    ``repaired``: as the judge of hate reads them; otherwise as pairs are read.
    """
    text = TextGraph(assets)
    spelling = Spelling(text.vocabulary, assets)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)], autograph=False)
    def ids(texts: Any) -> Any:
        words = text.all_words(texts)
        return text.ids(text.read(spelling.repair(words) if repaired else words))

    def tokenise(texts: Sequence[str]) -> list[list[int]]:
        parts = (texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH))
        return [row for part in parts for row in ids(tf.constant(part)).to_list()]

    return tokenise
