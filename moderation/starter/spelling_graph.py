"""Repairs the spelling of texts inside the SavedModel, for the judge of hate.

Blanks and letters that go astray hide a word from WordPiece, whose pieces of it mean nothing.
Only words that nobody knows are touched, and their neighbours. ``spelling_rules`` says how
likely is what, ``spelling_reference`` says the same in plain Python.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf

from moderation.starter import spelling_rules as rules
from moderation.starter.places import put, true_places
from moderation.starter.spelling_edits import best_edits
from moderation.starter.spelling_lexicon import NONE, Lexicon
from moderation.starter.spelling_paths import KNOWN, SPREAD, UNKNOWN, Tokens, likeliest

Tensor = Any
Ragged = Any

_OTHER = 0


class Spelling(tf.Module):
    """The words of texts as they were meant."""

    def __init__(self, table: Any, assets: Path) -> None:
        """``table``: of the vocabulary, to ids; ``assets``: ``vocab.txt`` and ``words.txt``."""
        super().__init__()
        self._lexicon = Lexicon(table, assets)

    def repair(self, words: Ragged) -> Ragged:
        """ragged string [n, (words)] → the same, repaired; at most ``WORDS_READ`` are read."""
        words = words[:, : rules.WORDS_READ]
        distinct, where = tf.unique(words.flat_values)
        distinct = self._lexicon.without_digits(distinct)
        flat, row = tf.gather(distinct, where), tf.cast(words.value_rowids(), tf.int32)
        rows = tf.cast(words.nrows(), tf.int32)
        kind, frequent = self._kinds(distinct, where, row)
        foreign = _foreign(flat, kind, frequent, row=row, rows=rows)
        kind = tf.where(foreign, _OTHER, kind)
        level = _levels(flat, kind, row=row, rows=rows)
        kind, kept = _spread(flat, kind, row)
        kept = true_places(kept)
        given = tuple(tf.gather(each, kept) for each in (flat, kind, row, level))
        flat, row = tf.cond(
            tf.reduce_any(kind >= UNKNOWN),
            lambda: self._repaired(*given),
            lambda: (given[0], given[2]),
        )
        row = tf.cast(row, words.row_splits.dtype)
        return tf.RaggedTensor.from_value_rowids(flat, row, words.nrows(), validate=False)

    def _kinds(self, distinct: Tensor, where: Tensor, row: Tensor) -> tuple[Tensor, Tensor]:
        """int32 and bool [words]: what each is, and whether it is among the most frequent.

        As far as that can be told without the letters around it.
        """
        lettered = true_places(tf.strings.regex_full_match(distinct, rules.WORD))
        word = tf.gather(distinct, lettered)
        known = self._lexicon.knows(word) | (word == rules.USER)
        other = tf.fill(tf.shape(distinct), _OTHER)
        kind = tf.gather(put(other, lettered, tf.where(known, KNOWN, UNKNOWN)), where)
        most = rules.frequency_cost(rules.FREQUENT_RANK)
        frequent = put(tf.zeros_like(other, tf.bool), lettered, self._lexicon.costs(word) <= most)
        size = tf.gather(tf.strings.length(distinct), where)
        tagged = tf.gather(distinct == rules.HASH, where)
        elides = tf.gather(_is_one_of(distinct, rules.ELIDED), where)
        tagged, elided = (_of_one_before(each, row) for each in (tagged, elides))
        kind = tf.where((kind == UNKNOWN) & elided & (size <= 2), KNOWN, kind)
        return tf.where(tagged, _OTHER, kind), tf.gather(frequent, where)

    def _repaired(
        self, flat: Tensor, kind: Tensor, row: Tensor, level: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The words, and their rows."""
        segment = _segments(kind, row)
        broken = tf.math.segment_max(tf.cast(kind >= UNKNOWN, tf.int32), segment)
        index = tf.range(tf.shape(flat)[0])
        first = tf.math.segment_min(index, segment)
        is_in = tf.gather(broken, segment) > 0
        inside, outside = true_places(is_in), true_places(~is_in)
        number = tf.gather(tf.cumsum(broken, exclusive=True), segment)
        tokens = self._tokens(
            *(tf.gather(each, inside) for each in (flat, kind, level)),
            segment=tf.gather(number, inside),
        )
        words, of_segment = likeliest(tokens, self._lexicon)
        firsts = tf.gather(first, true_places(broken > 0))
        place = tf.concat([outside, tf.gather(firsts, of_segment)], axis=0)
        order = tf.argsort(place, stable=True)
        together = tf.concat([tf.gather(flat, outside), words], axis=0)
        return tf.gather(together, order), tf.gather(row, tf.gather(place, order))

    def _tokens(self, word: Tensor, kind: Tensor, level: Tensor, *, segment: Tensor) -> Tokens:
        distinct, where = tf.unique(word)
        size = tf.strings.length(distinct)
        ranks, costs = self._lexicon.ranks(distinct), self._lexicon.costs(distinct)
        costs = tf.where((costs == NONE) & (size == 1), rules.SINGLE, costs)
        is_piece = (costs == NONE) & (size == 2) & (ranks > 0)
        costs = tf.gather(tf.where(is_piece, self._lexicon.of_ranks(ranks), costs), where)
        unknown = tf.gather([level[2] for level in rules.LEVELS], level)
        unknown += rules.UNKNOWN_LETTER * tf.gather(size, where)
        as_such = tf.where(costs == NONE, unknown, costs)
        edit, edited = self._edits(word, kind)
        return Tokens(
            word=word,
            kind=kind,
            segment=segment,
            as_such=tf.where(kind == SPREAD, rules.SINGLE, as_such),
            edited=edited,
            edit=edit + tf.gather([level[1] for level in rules.LEVELS], level),
        )

    def _edits(self, word: Tensor, kind: Tensor) -> tuple[Tensor, Tensor]:
        """Of each token: int32 costs, ``NONE`` where there is none, and what comes out."""
        at = true_places(kind == UNKNOWN)
        distinct, where = tf.unique(tf.gather(word, at))
        costs, edited = best_edits(distinct, self._lexicon)
        none = tf.fill(tf.shape(word), NONE)
        return (
            put(none, at, tf.gather(costs, where)),
            put(word, at, tf.gather(edited, where)),
        )


def _foreign(flat: Tensor, kind: Tensor, frequent: Tensor, *, row: Tensor, rows: Tensor) -> Tensor:
    """bool [words]: the word's text is hardly English."""
    long = (kind != _OTHER) & (tf.strings.length(flat) > 1)
    unknown, frequent, total = (
        tf.math.unsorted_segment_sum(tf.cast(each & long, tf.int32), row, rows)
        for each in (kind == UNKNOWN, frequent, long)
    )
    foreign = (unknown >= rules.FOREIGN) & (frequent * rules.FREQUENT_ONE_OF < total)
    return tf.gather(foreign, row)


def _levels(flat: Tensor, kind: Tensor, *, row: Tensor, rows: Tensor) -> Tensor:
    """int32 [words]: how much of the word's text nobody knows, as a place in ``LEVELS``."""
    unknown = (kind == UNKNOWN) & (tf.strings.length(flat) > 1)
    unknown, lettered = (
        tf.math.unsorted_segment_sum(tf.cast(each, tf.int32), row, rows)
        for each in (unknown, kind != _OTHER)
    )
    shares = [tf.cast(unknown * rules.SHARES >= s * lettered, tf.int32) for s, _, _ in rules.LEVELS]
    return tf.gather(tf.add_n(shares) - 1, row)


def _spread(flat: Tensor, kind: Tensor, row: Tensor) -> tuple[Tensor, Tensor]:
    """The kinds with spread letters told, and which words stay: no marks between such letters."""
    letter = (kind != _OTHER) & (tf.strings.length(flat) == 1)
    mark = _of_one_before(letter, row) & _of_one_behind(letter, row)
    mark &= ~letter & tf.strings.regex_full_match(flat, rules.SPREAD_MARK)
    member = letter | mark
    begins = member & ~_of_one_before(member, row)
    members = true_places(member)
    run = tf.gather(tf.cumsum(tf.cast(begins, tf.int32)) - 1, members)
    runs = tf.reduce_sum(tf.cast(begins, tf.int32))
    joined = tf.strings.unsorted_segment_join(tf.gather(flat, members), run, runs)
    spread = tf.cast(tf.strings.regex_full_match(joined, rules.SPREAD), tf.int32)
    told = put(tf.zeros_like(row), members, tf.gather(spread, run)) > 0
    return tf.where(told & letter, SPREAD, kind), ~(told & mark)


def _segments(kind: Tensor, row: Tensor) -> Tensor:
    """int32 [words]: cut around what is no word of letters, and between two known words."""
    other, known = kind == _OTHER, kind == KNOWN
    joins = ~other[1:] & ~other[:-1] & ~(known[1:] & known[:-1]) & (row[1:] == row[:-1])
    return tf.cumsum(tf.concat([tf.zeros_like(kind[:1]), tf.cast(~joins, tf.int32)], axis=0))


def _of_one_before(values: Tensor, row: Tensor) -> Tensor:
    """bool [words]: what is true of the word before, in the same text."""
    return tf.concat([tf.zeros_like(values[:1]), values[:-1] & (row[1:] == row[:-1])], axis=0)


def _of_one_behind(values: Tensor, row: Tensor) -> Tensor:
    return tf.concat([values[1:] & (row[1:] == row[:-1]), tf.zeros_like(values[:1])], axis=0)


def _is_one_of(words: Tensor, few: tuple[str, ...]) -> Tensor:
    return tf.reduce_any(words[:, None] == tf.constant(few), axis=1)
