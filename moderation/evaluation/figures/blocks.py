"""Blocks: the paired items of one bucket and task, as arrays; and many of them as one sample."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.evaluation.figures.policy import DECISIONS, Acted
from moderation.evaluation.figures.roots import Roots
from moderation.evaluation.figures.sample import Sample, numbered
from moderation.evaluation.figures.slices import Coded, code
from moderation.evaluation.pairing.decided import Decided, FlagTarget, likeliest_differs
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
    nodes: NDArray[np.uint64]
    """``[items]``: equal for items of one group; by content those that ``Roots`` links too."""
    acted: Acted | None = None


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
    nodes: Sequence[int] | None = None,
    targets: Sequence[FlagTarget] = (),
) -> Block:
    """Pack the pairs of one key.

    Args:
        bucket: for the order of blocks.
        pairs: in the order of their ids.
        slices: by column, each pair's value.
        former: each pair's probabilities in the earlier evaluation; None: there is none.
        nodes: each pair's number; None: each pair is a group of its own.
        targets: what flags there may be.
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
    if nodes is None:
        nodes = [(bucket << 32) + row for row in range(len(pairs))]
    places = np.array(nodes, dtype=np.uint64)
    acted = _acted(pairs, [target for target in targets if target.task == pairs[0].task])
    return Block(bucket, names, truth, p, tuple(map(code, slices)), former_p, places, acted)


def _acted(pairs: Sequence[Pair], targets: Sequence[FlagTarget]) -> Acted | None:
    """What the policy made of the pairs; None where none of them says."""
    decided = [None if (d := pair.score.decided) is None else Decided(*d) for pair in pairs]
    if not any(decided):
        return None
    flags = [
        [-1 if one is None else int(one.flags.get(each.name, -1)) for each in targets]
        for one in decided
    ]
    return Acted(
        tuple(targets),
        np.array(flags, dtype=np.int8).reshape(len(pairs), len(targets)),
        np.array(
            [-1 if one is None else DECISIONS.index(one.decision) for one in decided], dtype=np.int8
        ),
        np.array(
            [
                one is not None and likeliest_differs(one, pair.probabilities, pair.task)
                for one, pair in zip(decided, pairs, strict=True)
            ],
            dtype=np.bool_,
        ),
        np.array([one is not None and one.seen for one in decided], dtype=np.bool_),
    )


@dataclass(frozen=True, slots=True)
class Joined:
    """All blocks of one key as one."""

    sample: Sample
    acted: Acted | None
    slices: tuple[Coded, ...]
    former_p: NDArray[np.float64] | None


def join_blocks(
    blocks: Iterable[Block],
    *,
    task: str | None = None,
    multi_label: bool,
    given_from: Mapping[str, float] | None = None,
    roots: Roots | None = None,
) -> Joined:
    """One sample of all blocks, in the order of their buckets whatever order they come in.

    ``given_from``: with ``multi_label``, thresholds of labels; those that it lacks are 0.5.
    ``roots``: which nodes are one group though they differ.
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
    nodes = np.concatenate([block.nodes for block in blocks])
    groups = numbered(nodes if roots is None else roots.of(nodes))
    return Joined(
        Sample(names, truth, np.minimum(p, 1.0), multi_label, at, task, groups),
        _join_acted([block.acted for block in blocks]),
        tuple(_join_coded(columns) for columns in zip(*(b.slices for b in blocks), strict=True)),
        np.concatenate(former) if former else None,
    )


def _join_acted(parts: Sequence[Acted | None]) -> Acted | None:
    """All or none: scores of one evaluation are verdicts, or they are not."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return Acted(
        known[0].targets,
        *(
            np.concatenate([getattr(part, name) for part in known])
            for name in ("flags", "decision", "label_differs", "seen")
        ),
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
