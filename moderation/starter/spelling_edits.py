"""The likeliest word that one letter more, less or elsewhere makes, as TensorFlow operations."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from moderation.starter import spelling_rules as rules
from moderation.starter.places import owners, put, true_places
from moderation.starter.spelling_lexicon import NONE, Lexicon

Tensor = Any
_Edits = tuple[Tensor, Tensor, Tensor, Tensor]
"""Of each edit the word's row, its place among equals, its cost, what comes out."""

_ORDERS = 512
_REST = rules.LONGEST_WORD


def best_edits(words: Tensor, lexicon: Lexicon) -> tuple[Tensor, Tensor]:
    """string [n], letters alone → int32 [n] costs, ``NONE`` where there is none; string [n]."""
    count, size = tf.shape(words)[0], tf.strings.length(words)
    fits = true_places((size >= rules.LEAST_WORD) & (size <= rules.LONGEST_WORD))
    costs, edited = _of_fitting(tf.gather(words, fits), lexicon)
    return put(tf.fill([count], NONE), fits, costs), put(tf.fill([count], ""), fits, edited)


def _of_fitting(words: Tensor, lexicon: Lexicon) -> tuple[Tensor, Tensor]:
    count, size = tf.shape(words)[0], tf.strings.length(words)
    row = owners(size + 1)
    place = tf.range(tf.shape(row)[0]) - tf.gather(tf.cumsum(size + 1, exclusive=True), row)
    parts = [
        _drawls(words, size),
        _removals(words, size, row=row, place=place),
        _swaps(words, size, row=row, place=place),
        _insertions(words, size, row=row, place=place),
    ]
    row, order, cost, edited = (tf.concat(each, axis=0) for each in zip(*parts, strict=True))
    known = lexicon.costs(edited)
    long = (cost == rules.DRAWL) | (tf.strings.length(edited) >= rules.LEAST_WORD)
    may = true_places((known < NONE) & long)
    row, keys = tf.gather(row, may), tf.gather((known + cost) * _ORDERS + order, may)
    best = tf.math.unsorted_segment_min(keys, row, count)
    is_best = true_places(keys == tf.gather(best, row))
    chosen = put(
        tf.fill([count], ""),
        tf.gather(row, is_best),
        tf.gather(edited, tf.gather(may, is_best)),
    )
    return tf.minimum(best // _ORDERS, NONE), chosen


def _drawls(words: Tensor, size: Tensor) -> _Edits:
    """Letters that stand three times and more, once and twice."""
    count = tf.shape(words)[0]
    row = owners(size)
    index = tf.range(tf.shape(row)[0])
    letters = tf.strings.bytes_split(words).flat_values
    again = (letters[1:] == letters[:-1]) & (row[1:] == row[:-1])
    run = tf.cumsum(tf.concat([tf.zeros_like(row[:1]), tf.cast(~again, tf.int32)], axis=0))
    runs = tf.shape(row)[0]
    length = tf.gather(tf.math.unsorted_segment_sum(tf.ones_like(run), run, runs), run)
    nth = index - tf.gather(tf.math.unsorted_segment_min(index, run, runs), run)
    has = true_places(tf.math.unsorted_segment_max(length, row, count) >= 3)
    found = []
    for times in (1, 2):
        kept = tf.where((length < 3) | (nth < times), letters, "")
        found.append(tf.gather(tf.strings.unsorted_segment_join(kept, row, count), has))
    rows, edited = tf.tile(has, [2]), tf.concat(found, axis=0)
    order = tf.concat([tf.zeros_like(has), tf.ones_like(has)], axis=0)
    return rows, order, tf.fill(tf.shape(rows), rules.DRAWL), edited


def _removals(words: Tensor, size: Tensor, *, row: Tensor, place: Tensor) -> _Edits:
    row, place = _with_left(size, row, place, left=1)
    word, letters = tf.gather(words, row), tf.gather(size, row)
    edited = _part(word, 0, place) + _part(word, place + 1, _REST)
    before = _part(word, tf.maximum(place - 1, 0), 1)
    doubled = (place > 0) & (before == _part(word, place, 1))
    single, double = (
        tf.gather(_table(lambda n, d=d: rules.removal_cost(n, doubled=d)), letters)
        for d in (False, True)
    )
    return row, 2 + place, tf.where(doubled, double, single), edited


def _swaps(words: Tensor, size: Tensor, *, row: Tensor, place: Tensor) -> _Edits:
    row, place = _with_left(size, row, place, left=2)
    word, letters = tf.gather(words, row), tf.gather(size, row)
    edited = tf.strings.join(
        [
            _part(word, 0, place),
            _part(word, place + 1, 1),
            _part(word, place, 1),
            _part(word, place + 2, _REST),
        ]
    )
    return row, 2 + letters + place, tf.gather(_table(rules.swap_cost), letters), edited


def _insertions(words: Tensor, size: Tensor, *, row: Tensor, place: Tensor) -> _Edits:
    word, letters = tf.gather(words, row), tf.gather(size, row)
    count = len(rules.LETTERS)
    begun = tf.expand_dims(_part(word, 0, place), 1) + tf.constant(list(rules.LETTERS))
    edited = begun + tf.expand_dims(_part(word, place, _REST), 1)
    order = tf.expand_dims(1 + 2 * letters + place * count, 1) + tf.range(count)
    cost = tf.expand_dims(tf.gather(_table(rules.insertion_cost), letters), 1)
    rows = tf.expand_dims(row, 1)
    flat = (
        tf.reshape(tf.broadcast_to(each, tf.shape(order)), [-1])
        for each in (rows, order, cost, edited)
    )
    return tuple(flat)


def _with_left(size: Tensor, row: Tensor, place: Tensor, *, left: int) -> tuple[Tensor, Tensor]:
    """The places that have so many letters from there on."""
    has = true_places(place + left <= tf.gather(size, row))
    return tf.gather(row, has), tf.gather(place, has)


def _part(words: Tensor, start: Any, length: Any) -> Tensor:
    shape = tf.shape(words)
    return tf.strings.substr(words, tf.broadcast_to(start, shape), tf.broadcast_to(length, shape))


def _table(cost: Any) -> Any:
    """What words of so many letters cost; none has no letters."""
    return tf.constant([0, *(cost(letters) for letters in range(1, rules.LONGEST_WORD + 1))])
