"""Blocks: the paired items of one bucket and task, as arrays; and many of them as one sample."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.evaluation.figures.sample import Sample
from moderation.evaluation.figures.slices import Coded, code
from moderation.evaluation.pairing.settle_item import GIVEN_AT, Pair
from moderation.evaluation.pairing.side_rows import Probabilities


@dataclass(frozen=True, slots=True)
class Block:
    """Items in the order of their ids. Small to pickle: arrays, and each slice value once."""

    bucket: int
    names: tuple[str, ...]
    truth: NDArray[np.bool_]
    """``[items, labels]``."""
    p: NDArray[np.float64]
    """``[items, labels]``."""
    slices: tuple[Coded, ...]
    """In the order of the columns."""
    former_p: NDArray[np.float64] | None
    """``[items, labels]``: of the earlier evaluation, NaN where it has not the item."""


def block_key(pair: Pair) -> str:
    """What items must share to be measured together: kind, task and set of labels."""
    names = sorted(label for label, _ in pair.probabilities)
    return json.dumps([pair.label.kind or pair.score.kind, pair.task, names])


def read_key(key: str) -> tuple[str | None, str, list[str]]:
    """Kind, task and sorted labels of a block's key."""
    kind, task, names = json.loads(key)
    return kind, task, names


def make_block(
    bucket: int,
    pairs: Sequence[Pair],
    *,
    slices: Sequence[Sequence[str | None]],
    former: Sequence[Probabilities | None] | None,
) -> Block:
    """Pack the pairs of one key.

    Args:
        bucket: for the order of blocks.
        pairs: in the order of their ids.
        slices: by column, each pair's value.
        former: each pair's probabilities in the earlier evaluation; None: there is none.
    """
    names = _usual_order([label for label, _ in pair.probabilities] for pair in pairs)
    p = np.array([_in_order(pair.probabilities, names) for pair in pairs], dtype=np.float64)
    truth = np.zeros(p.shape, dtype=np.bool_)
    for row, pair in enumerate(pairs):
        given = [label for label, _ in pair.probabilities]
        truth[row, [names.index(given[place]) for place in pair.truth]] = True
    former_p = None
    if former is not None:
        absent = [float("nan")] * len(names)
        ordered = [absent if each is None else _in_order(each, names) for each in former]
        former_p = np.array(ordered, dtype=np.float64).reshape(p.shape)
    return Block(bucket, names, truth, p, tuple(map(code, slices)), former_p)


@dataclass(frozen=True, slots=True)
class Joined:
    """All blocks of one key as one."""

    sample: Sample
    slices: tuple[Coded, ...]
    former_p: NDArray[np.float64] | None


def join_blocks(
    blocks: Iterable[Block],
    *,
    task: str | None = None,
    multi_label: bool,
    given_from: Mapping[str, float] | None = None,
) -> Joined:
    """One sample of all blocks, in the order of their buckets whatever order they come in.

    ``given_from``: with ``multi_label``, thresholds of labels; those that it lacks are 0.5.
    """
    blocks = sorted(blocks, key=lambda block: block.bucket)
    names = _usual_order(list(block.names) for block in blocks)
    places = [[block.names.index(name) for name in names] for block in blocks]
    former = [
        block.former_p[:, order]
        for block, order in zip(blocks, places, strict=True)
        if block.former_p is not None
    ]
    pairs = list(zip(blocks, places, strict=True))
    p = np.concatenate([block.p[:, order] for block, order in pairs])
    truth = np.concatenate([block.truth[:, order] for block, order in pairs])
    at = tuple(given_from.get(name, GIVEN_AT) for name in names) if given_from else None
    return Joined(
        Sample(names, truth, np.minimum(p, 1.0), multi_label, at, task),
        tuple(_join_coded(columns) for columns in zip(*(b.slices for b in blocks), strict=True)),
        np.concatenate(former) if former else None,
    )


def _join_coded(columns: Iterable[Coded]) -> Coded:
    places: dict[str | None, int] = {}
    codes = []
    for column in columns:
        table = [places.setdefault(value, len(places)) for value in column.values]
        codes.append(np.array(table, dtype=np.int32)[column.codes])
    return Coded(tuple(places), np.concatenate(codes))


def _usual_order(orders: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The order that most have; of equally many the first by name."""
    counted = Counter(map(tuple, orders))
    return min(counted, key=lambda order: (-counted[order], order))


def _in_order(given: Probabilities, names: Sequence[str]) -> list[float]:
    by_name = {label: p for label, p in given}  # noqa: C416 - JSON has lists where we say tuples
    return [by_name[name] for name in names]
