"""The words that posts use and the vocabulary has only in pieces: slurs, names of groups, slang.

The repair of spelling takes them for words. They come from what is trained on, and from our own
sentences but for those that are held back; never from a validation or test part.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import tensorflow as tf

from moderation.starter import spelling_rules as rules
from moderation.starter import tables
from moderation.starter.spelling_lexicon import digests
from moderation.starter.text_graph import TextGraph
from workshop.starter.data import HateSets
from workshop.starter.meme_sentences import SENTENCES

FILE = "words.txt"
_LEAST_TEXTS = 3
_BATCH = 256
_PLACE = re.compile(r"\{\w+\}")


def write(assets: Path, sets: HateSets) -> None:
    """Writes the list beside the other tables in ``assets``, a word's digest a line."""
    vocabulary = tables.read_vocabulary(assets / "vocab.txt")
    found = _counted(_trained_on(sets), assets, least=_LEAST_TEXTS)
    found |= _counted(_own(), assets, least=1)
    words = [word for word in found if word not in vocabulary and _fits(word)]
    lines = sorted(digests(tf.constant(words, tf.string)).numpy().tolist())
    (assets / FILE).write_bytes(b"".join(line + b"\n" for line in lines))


def _counted(texts: Sequence[str], assets: Path, *, least: int) -> set[str]:
    """Words of at least so many of the texts."""
    graph = TextGraph(assets)
    counts: Counter[str] = Counter()
    for start in range(0, len(texts), _BATCH):
        rows = graph.all_words(tf.constant(texts[start : start + _BATCH])).to_list()
        for row in rows:
            counts.update({word.decode("utf-8") for word in row})
    return {word for word, count in counts.items() if count >= least}


def _trained_on(sets: HateSets) -> list[str]:
    parts = (*sets.heads, sets.posts)
    return [text for part in parts if part is not None for text in part.train.texts]


def _own() -> list[str]:
    return [_PLACE.sub(" ", text) for text in _own_texts()]


def _own_texts() -> Iterator[str]:
    for file in ("groups", "slurs", "others"):
        for row in SENTENCES.rows(file):
            yield from row.values()
    for row in SENTENCES.rows("words"):
        yield row["word"]
    for file in SENTENCES.sides:
        for row in SENTENCES.forms(file, held_back=False):
            yield row["form"]


def _fits(word: str) -> bool:
    return bool(re.fullmatch(rules.WORD, word)) and len(word) >= rules.LEAST_WORD
