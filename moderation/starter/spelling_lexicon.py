"""Which words there are and how common, as TensorFlow operations over the vocabulary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.starter import spelling_rules as rules
from moderation.starter import tables
from moderation.starter.places import places_in, put, true_places
from moderation.starter.text_graph import line_table

Tensor = Any

NONE = 2**20
"""The cost of what is no word; no path costs as much."""


class Lexicon(tf.Module):
    """The vocabulary's words in order of frequency, and the words of a list, by their digests."""

    def __init__(self, table: Any, assets: Path) -> None:
        """``table``: of the vocabulary, to ids; ``assets``: ``vocab.txt`` and ``words.txt``."""
        super().__init__()
        vocabulary = tables.read_vocabulary(assets / "vocab.txt")
        self._table, self._first = table, vocabulary.get(rules.FIRST_WORD, len(vocabulary))
        self._list = line_table(assets / "words.txt")
        self._steps = _steps(max(1, len(vocabulary) - self._first))
        self._short = _short(vocabulary, self._first)

    def ranks(self, words: Tensor) -> Tensor:
        """string [n] → int32 [n], 1 the most frequent; 0 or less for none of the vocabulary."""
        return tf.cast(self._table.lookup(words), tf.int32) - self._first + 1

    def of_ranks(self, ranks: Tensor) -> Tensor:
        """int32 [n] → int32 [n], the costs of words of these ranks."""
        return places_in(tf.constant(self._steps), ranks) + rules.frequency_cost(1)

    def costs(self, words: Tensor) -> Tensor:
        """string [n], letters alone → int32 [n]; ``NONE`` for what is no word."""
        ranks = self.ranks(words)
        is_listed = self._list.lookup(digests(words)) >= 0
        of_list = tf.where(is_listed, rules.frequency_cost(rules.LIST_RANK), NONE)
        found = tf.where(ranks > 0, self.of_ranks(ranks), of_list)
        short = true_places(tf.strings.length(words) < rules.LEAST_WORD)
        names, costs = self._short
        equal = tf.expand_dims(tf.gather(words, short), 1) == tf.constant(names)
        at = tf.reduce_min(tf.where(equal, tf.constant(costs), NONE), axis=1)
        return put(found, short, at)

    def knows(self, words: Tensor) -> Tensor:
        """string [n], letters alone → bool [n]: words, and words with an ending."""
        sizes = [len(suffix) for suffix in rules.SUFFIXES]
        left = tf.expand_dims(tf.strings.length(words), 1) - tf.constant(sizes)
        cut = tf.maximum(left, 0)
        shape = tf.shape(cut)
        spread = tf.broadcast_to(tf.expand_dims(words, 1), shape)
        stems = tf.strings.substr(spread, tf.zeros_like(cut), cut)
        rests = tf.strings.substr(spread, cut, tf.fill(shape, max(sizes)))
        lasts = tf.strings.substr(spread, tf.maximum(cut - 1, 0), tf.ones_like(cut))
        fits = (left >= rules.LEAST_WORD) & (rests == tf.constant(rules.SUFFIXES))
        where = tf.where(fits)
        stem = tf.gather_nd(stems, where)
        firsts = tf.constant([suffix[0] for suffix in rules.SUFFIXES])
        is_new = tf.gather_nd(lasts != firsts, where)
        is_word = ((self.costs(stem) < NONE) & is_new) | (self.costs(stem + "e") < NONE)
        with_ending = tf.scatter_nd(where, tf.cast(is_word, tf.int32), tf.cast(shape, tf.int64))
        return (self.costs(words) < NONE) | (tf.reduce_max(with_ending, axis=1) > 0)

    def without_digits(self, words: Tensor) -> Tensor:
        """string [n] → string [n], words whose letters are shown as digits read as words."""
        where = true_places(tf.strings.regex_full_match(words, rules.LEET))
        given = tf.gather(words, where)
        size = tf.strings.length(given)
        digits = size - tf.strings.length(_replace(given, "[0-9]", ""))
        ends = tf.strings.regex_full_match(given, ".*[0-9]")
        may = (digits > 0) & (digits <= size - digits) & (~ends | (digits >= 2))
        may = true_places(may)
        where, given = tf.gather(where, may), tf.gather(given, may)
        shown = given
        for digit, letter in rules.LOOK_ALIKES.items():
            given = _replace(given, digit, letter)
        read = shown
        for one in reversed(rules.ONES):
            word = _replace(given, "1", one)
            is_word = tf.strings.regex_full_match(word, rules.WORD) & (self.costs(word) < NONE)
            read = tf.where(is_word, word, read)
        return put(words, where, read)


def digests(words: Tensor) -> Tensor:
    """string [n] → string [n], as ``words.txt`` holds them."""
    return tf.strings.as_string(tf.strings.to_hash_bucket_fast(words, rules.DIGESTS))


def _steps(words: int) -> Any:
    """The ranks from which on a word costs one more, each as often as it costs more."""
    costs = np.array([rules.frequency_cost(rank) for rank in range(1, words + 1)])
    return np.repeat(np.arange(2, words + 1), np.diff(costs)).astype(np.int32)


def _short(vocabulary: Any, first: int) -> tuple[list[str], list[int]]:
    costs = {word: rules.frequency_cost(rank) for word, rank in rules.SINGLE_WORDS.items()}
    for word in sorted(rules.SHORT_WORDS):
        if (rank := vocabulary.get(word, -1) - first + 1) > 0:
            costs[word] = rules.frequency_cost(rank)
    return list(costs), list(costs.values())


def _replace(texts: Tensor, pattern: str, replacement: str) -> Tensor:
    return tf.strings.regex_replace(texts, pattern, replacement)
