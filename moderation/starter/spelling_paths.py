"""How letters were most likely parted into words, as TensorFlow operations.

The places between the letters of all segments are the nodes of one graph, possible words its
arcs. All arcs are followed at once, as often as a segment has words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from moderation.starter import spelling_rules as rules
from moderation.starter.places import owners, put, true_places
from moderation.starter.spelling_lexicon import NONE, Lexicon

Tensor = Any

KNOWN, UNKNOWN, SPREAD = 1, 2, 3
_FAR = 2**24
_ORDERS = 32


@dataclass(frozen=True, slots=True)
class Tokens:
    """Words as they stand, segment by segment; each [tokens]."""

    word: Tensor
    kind: Tensor
    segment: Tensor
    """int32, from 0 on and ascending."""
    as_such: Tensor
    """int32: what it costs to leave it."""
    edited: Tensor
    edit: Tensor
    """int32: what ``edited`` costs instead; ``NONE`` or more: there is none."""


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Places: before each letter of a segment, and at its end; each [nodes] but for the first."""

    letters: Tensor
    """string [segments]"""
    segment: Tensor
    base: Tensor
    """The segment's first node."""
    end: Tensor
    """The segment's last node."""
    border: Tensor
    """bool: a token begins, or the segment ends."""
    closed: Tensor
    """bool: inside a known word."""
    spread: Tensor
    """bool: before a spread letter."""
    blanks: Tensor
    """int32: what all blanks up to here cost."""
    begun: Tensor
    """int32: tokens begun up to here."""
    first: Tensor
    last: Tensor
    """int32 [tokens]: where tokens begin and end."""


_Arcs = tuple[Tensor, Tensor, Tensor, Tensor]
"""From a node, to a node, cost, order among equals."""


def likeliest(tokens: Tokens, lexicon: Lexicon) -> tuple[Tensor, Tensor]:
    """The words, string [words], and the segment of each, int32 [words], ascending."""
    nodes = _nodes(tokens)
    parts = _alone(tokens, nodes), _spans(nodes, lexicon)
    arcs = tuple(tf.concat(each, axis=0) for each in zip(*parts, strict=True))
    order = _cheapest(nodes, arcs)
    tokens_there = tf.range(tf.shape(nodes.last)[0])
    token_at = put(tf.zeros_like(order), nodes.last, tokens_there)
    span = tf.range(tf.shape(order)[0]) - (order - 1)
    back = tf.where(order < 2, tf.gather(nodes.first, token_at), span)
    ends = _passed(nodes, back)
    start, segment = tf.gather(back, ends), tf.gather(nodes.segment, ends)
    words = tf.strings.substr(
        tf.gather(nodes.letters, segment), start - tf.gather(nodes.base, ends), ends - start
    )
    edited = tf.gather(tokens.edited, tf.gather(token_at, ends))
    return tf.where(tf.gather(order, ends) == 1, edited, words), segment


def _nodes(tokens: Tokens) -> _Nodes:
    segments = tf.reduce_max(tokens.segment) + 1
    size = tf.strings.length(tokens.word)
    sizes = tf.math.segment_sum(size, tokens.segment)
    base = tf.cumsum(sizes + 1, exclusive=True)
    segment = owners(sizes + 1)
    first = tf.cumsum(size, exclusive=True) + tokens.segment
    count = tf.shape(segment)[0]
    is_new = tf.gather(base, tokens.segment) == first
    kind_before = tf.concat([tokens.kind[:1], tokens.kind[:-1]], axis=0)
    both = (tokens.kind == SPREAD) & (kind_before == SPREAD)
    blank = tf.where(is_new, 0, tf.where(both, rules.SPREAD_BLANK, rules.BLANK))
    owner = owners(size)
    letter = tf.range(tf.shape(owner)[0]) + tf.gather(tokens.segment, owner)
    zeros = tf.zeros_like(segment)
    kind = put(zeros, letter, tf.gather(tokens.kind, owner))
    starts = put(zeros, first, tf.ones_like(first))
    end = tf.gather(base + sizes, segment)
    border = (starts > 0) | (tf.range(count) == end)
    return _Nodes(
        letters=tf.strings.unsorted_segment_join(tokens.word, tokens.segment, segments),
        segment=segment,
        base=tf.gather(base, segment),
        end=end,
        border=border,
        closed=(kind == KNOWN) & ~border,
        spread=kind == SPREAD,
        blanks=tf.cumsum(put(zeros, first, blank)),
        begun=tf.cumsum(starts),
        first=first,
        last=first + size,
    )


def _alone(tokens: Tokens, nodes: _Nodes) -> _Arcs:
    """Each token as it is, and edited."""
    has = true_places(tokens.edit < NONE)
    first, last, edit = (tf.gather(each, has) for each in (nodes.first, nodes.last, tokens.edit))
    return (
        tf.concat([nodes.first, first], axis=0),
        tf.concat([nodes.last, last], axis=0),
        tf.concat([tokens.as_such, edit], axis=0),
        tf.concat([tf.zeros_like(nodes.first), tf.ones_like(first)], axis=0),
    )


def _spans(nodes: _Nodes, lexicon: Lexicon) -> _Arcs:
    """Words made of parts of tokens, or of several."""
    index = tf.range(tf.shape(nodes.segment)[0])
    sizes = tf.range(1, rules.LONGEST_WORD + 1)
    end = tf.reshape(tf.expand_dims(index, 1) + sizes, [-1])
    start = end - tf.tile(sizes, tf.shape(index))
    inside = true_places((end <= tf.gather(nodes.end, start)) & ~tf.gather(nodes.closed, start))
    start, end = tf.gather(start, inside), tf.gather(end, inside)
    inner = tf.gather(nodes.begun, end - 1) - tf.gather(nodes.begun, start)
    begins, ends = tf.gather(nodes.border, start), tf.gather(nodes.border, end)
    spread = tf.gather(nodes.spread, start) & tf.gather(nodes.spread, end - 1)
    long = (inner == 0) | spread | (end - start >= rules.LEAST_WORD)
    may = long & ~tf.gather(nodes.closed, end) & ~((inner == 0) & begins & ends)
    missing = tf.where(ends, 0, tf.where(begins, rules.SPLIT, rules.SPLIT_AGAIN))
    mended = tf.gather(nodes.blanks, end - 1) - tf.gather(nodes.blanks, start) + missing
    may = true_places(may)
    start, end, mended = (tf.gather(each, may) for each in (start, end, mended))
    letters = tf.gather(nodes.letters, tf.gather(nodes.segment, start))
    words = tf.strings.substr(letters, start - tf.gather(nodes.base, start), end - start)
    costs = lexicon.costs(words)
    arcs, known = (start, end, mended + costs, 1 + end - start), true_places(costs < NONE)
    return tuple(tf.gather(each, known) for each in arcs)


def _cheapest(nodes: _Nodes, arcs: Any) -> Tensor:
    """int32 [nodes]: the order of the arc by which each node is reached at the least cost."""
    source, target, cost, order = arcs
    count = tf.shape(nodes.segment)[0]

    def reached(best: Tensor) -> Tensor:
        keys = (tf.gather(best, source) + cost) * _ORDERS + order
        return tf.math.unsorted_segment_min(keys, target, count)

    def step(_: Tensor, best: Tensor) -> tuple[Tensor, Tensor]:
        new = tf.minimum(best, reached(best) // _ORDERS)
        return tf.reduce_any(new < best), new

    begun = tf.where(tf.range(count) == nodes.base, 0, _FAR)
    _, best = tf.while_loop(lambda changed, _: changed, step, (True, begun))
    return reached(best) % _ORDERS


def _passed(nodes: _Nodes, back: Tensor) -> Tensor:
    """int32 [words], ascending: the nodes at which a word ends on the way back from the ends."""
    index = tf.range(tf.shape(back)[0])
    ends = true_places(index == nodes.end)

    def step(at: Tensor, passed: Tensor) -> tuple[Tensor, Tensor]:
        passed = put(passed, at, tf.ones_like(at))
        at = tf.gather(back, at)
        return tf.gather(at, true_places(at > tf.gather(nodes.base, at))), passed

    _, passed = tf.while_loop(
        lambda at, _: tf.shape(at)[0] > 0,
        step,
        (ends, tf.zeros_like(index)),
        shape_invariants=(tf.TensorShape([None]), tf.TensorShape([None])),
    )
    return true_places(passed > 0)
