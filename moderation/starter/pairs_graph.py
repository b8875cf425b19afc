"""The lexical features of tweet pairs as TensorFlow operations.

Words are compared through one equality matrix per pair, ``[pairs, words of the
first, words of the second]``; overlaps, shingles and shared runs are read off it. All of it is
counted, and logarithms of counts are looked up, so that no feature differs by its last bit from
one batch to another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.starter import pair_rules as rules
from moderation.starter.text_rules import MAX_TOKENS

Tensor = Any
Ragged = Any

_BUCKETS = 2**62
_LOGARITHMS = np.log1p(np.arange(MAX_TOKENS)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Side:
    words: Tensor
    """int64 [pairs, longest]: a hash per lexical word; negative where there is none."""
    masks: Tensor
    """float [pairs, kinds, longest]: which words are of each of ``KINDS``."""
    length: Tensor
    """int32 [pairs]: lexical words."""
    negations: Tensor
    """float [pairs]."""
    marks: Tensor
    """float [pairs, marks]: 1.0 where the text holds the mark."""


def features(first: Ragged, second: Ragged) -> Tensor:
    """ragged string [n, (words)] twice → float32 [n, len(NAMES)]."""
    one, two = _side(first, empty=-1), _side(second, empty=-2)
    equal = one.words[:, :, None] == two.words[:, None, :]
    parts = [
        *_overlaps(one, two, equal),
        *_shared_runs(one, two, equal),
        _log1p(one.length) - _log1p(two.length),
        _log1p(one.negations),
        _log1p(two.negations),
        _float((one.negations > 0) != (two.negations > 0)),
        *_ends(one, two),
    ]
    marks = tf.reshape(tf.stack([one.marks, two.marks], axis=2), [tf.shape(equal)[0], -1])
    return tf.concat([tf.stack(parts, axis=1), marks], axis=1)


def _side(words: Ragged, *, empty: int) -> _Side:
    flat = words.flat_values
    lexical = tf.strings.regex_full_match(flat, r"(?s).*[\p{L}\p{N}].*")
    number = tf.strings.regex_full_match(flat, rules.NUMBER)
    stop = tf.strings.regex_full_match(flat, rules.one_of(rules.STOP_WORDS))
    negation = tf.strings.regex_full_match(flat, rules.one_of(rules.NEGATIONS))
    same_row = tf.concat([[False], words.value_rowids()[1:] == words.value_rowids()[:-1]], axis=0)
    before = tf.concat([[""], flat[:-1]], axis=0)[: tf.shape(flat)[0]]
    tagged = (before == rules.HASH) & same_row[: tf.shape(flat)[0]]
    kinds = tf.stack([lexical, ~stop & ~number, number, tagged], axis=1)
    columns = tf.concat([_float(kinds), _float(negation)[:, None]], axis=1)

    keep = words.with_flat_values(lexical)
    kept = tf.ragged.boolean_mask(words.with_flat_values(columns), keep)
    dense = kept.to_tensor(0.0, shape=[None, None, len(rules.KINDS) + 1])
    hashes = tf.strings.to_hash_bucket_fast(flat, _BUCKETS)
    marks = [
        tf.reduce_any(words.with_flat_values(flat == mark), axis=1)
        for mark in (*rules.PUNCTUATION, rules.MENTION)
    ]
    return _Side(
        words=tf.ragged.boolean_mask(words.with_flat_values(hashes), keep).to_tensor(empty),
        masks=tf.transpose(dense[:, :, :-1], [0, 2, 1]),
        length=tf.cast(kept.row_lengths(), tf.int32),
        negations=tf.reduce_sum(dense[:, :, -1], axis=1),
        marks=_float(tf.stack(marks, axis=1)),
    )


def _overlaps(one: _Side, two: _Side, equal: Tensor) -> list[Tensor]:
    matches = _float(equal)
    distinct_1, distinct_2 = _distinct(one), _distinct(two)
    shared = _float(tf.matmul(two.masks, matches, transpose_b=True) > 0) * distinct_1
    common = tf.reduce_sum(shared, axis=2)
    size_1, size_2 = tf.reduce_sum(distinct_1, axis=2), tf.reduce_sum(distinct_2, axis=2)
    shares = [
        _share(common, size_1 + size_2 - common),
        _share(common, size_1),
        _share(common, size_2),
    ]
    count_1, count_2 = tf.reduce_sum(one.masks, axis=2), tf.reduce_sum(two.masks, axis=2)
    found = [share[:, kind] for kind in range(len(rules.KINDS)) for share in shares]
    found += [
        _log1p(count[:, kind]) for kind in range(len(rules.KINDS)) for count in (count_1, count_2)
    ]
    return found + _numbers(common, size_1, size_2)


def _numbers(common: Tensor, size_1: Tensor, size_2: Tensor) -> list[Tensor]:
    place = rules.KINDS.index("numbers")
    common, size_1, size_2 = common[:, place], size_1[:, place], size_2[:, place]
    has_1, has_2 = size_1 > 0, size_2 > 0
    return [
        _float(has_1 & has_2 & (common == 0)),
        _float(has_1 != has_2),
        _float(has_1 & (common == size_1) & (common == size_2)),
    ]


def _distinct(side: _Side) -> Tensor:
    """float [pairs, kinds, words]: 1.0 at the first of equal words of a kind."""
    equal = _float(side.words[:, :, None] == side.words[:, None, :])
    earlier = tf.linalg.band_part(equal, -1, 0) - tf.linalg.band_part(equal, 0, 0)
    seen = tf.matmul(side.masks, earlier, transpose_b=True) > 0
    return tf.where(seen, 0.0, side.masks)


def _shared_runs(one: _Side, two: _Side, equal: Tensor) -> list[Tensor]:
    found = []
    current = equal
    for size in range(2, max(rules.SHINGLES) + 1):
        current = _longer(current, equal, size - 1)
        if size in rules.SHINGLES:
            for axis, side in ((2, one), (1, two)):
                hits = tf.reduce_sum(_float(tf.reduce_any(current, axis=axis)), axis=1)
                found.append(_share(hits, _float(side.length - (size - 1))))
    run = _float(_longest_run(equal))
    shares = [_share(run, _float(side.length)) for side in (one, two)]
    return [*found, _log1p(run), *shares]


def _longer(current: Tensor, equal: Tensor, size: Any) -> Tensor:
    """Where runs of ``size`` words start that are one word longer."""
    rows = tf.minimum(size, tf.shape(equal)[1])
    columns = tf.minimum(size, tf.shape(equal)[2])
    rest = equal[:, rows:, columns:]
    shape = tf.shape(rest)
    return current[:, : shape[1], : shape[2]] & rest


def _longest_run(equal: Tensor) -> Tensor:
    def step(size: Tensor, current: Tensor, best: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        best = tf.where(tf.reduce_any(current, axis=[1, 2]), size, best)
        return size + 1, _longer(current, equal, size), best

    _, _, best = tf.while_loop(
        lambda size, current, _: (size <= rules.LONGEST_RUN) & tf.reduce_any(current),
        step,
        (1, equal, tf.zeros([tf.shape(equal)[0]], tf.int32)),
        shape_invariants=(tf.TensorShape([]), tf.TensorShape([None] * 3), tf.TensorShape([None])),
    )
    return best


def _ends(one: _Side, two: _Side) -> list[Tensor]:
    shorter = _float(tf.minimum(one.length, two.length))
    prefix = _prefix(one.words, two.words)
    suffix = _prefix(
        tf.reverse_sequence(one.words, one.length, seq_axis=1),
        tf.reverse_sequence(two.words, two.length, seq_axis=1),
    )
    return [_log1p(prefix), _share(prefix, shorter), _share(suffix, shorter)]


def _prefix(first: Tensor, second: Tensor) -> Tensor:
    shared = tf.minimum(tf.shape(first)[1], tf.shape(second)[1])
    same = _float(first[:, :shared] == second[:, :shared])
    return tf.reduce_sum(tf.math.cumprod(same, axis=1), axis=1)


def _share(part: Tensor, whole: Tensor) -> Tensor:
    return part / tf.maximum(whole, 1.0)


def _log1p(count: Tensor) -> Tensor:
    """Of whole numbers below ``MAX_TOKENS``.

    Kernels round ``log1p`` within a vector and at its end each in their own way.
    """
    return tf.gather(_LOGARITHMS, tf.cast(count, tf.int32))


def _float(values: Tensor) -> Tensor:
    return tf.cast(values, tf.float32)
