"""Texts and pictures of items: how many there are, and which of them most rows have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.audit.fit_to_show import Tell, whole_words
from moderation.audit.keyed.posted import DECISIONS, MOST_CHARS, Side
from moderation.audit.keyed.ranges import KeyedSum, Range
from schemas.policy import Decision
from schemas.repeats import Repeated, RepeatedContent, Repeats

MOST = 20
_NONE = 0


class SidePart(NamedTuple):
    """One side of some ranges, summed."""

    distinct: int = 0
    rows: int = 0
    repeated: int = 0
    most: tuple[Repeated, ...] = ()

    def add(self, other: SidePart) -> SidePart:
        """Both."""
        return SidePart(
            self.distinct + other.distinct,
            self.rows + other.rows,
            self.repeated + other.repeated,
            tuple(sorted((*self.most, *other.most), key=_rank)[:MOST]),
        )

    def told(self, tell: Tell) -> Repeats:
        """As the audit has it."""
        most = [each.model_copy(update={"text": _told(each.text, tell)}) for each in self.most]
        return Repeats(distinct=self.distinct, rows=self.rows, repeated=self.repeated, most=most)


def _told(text: str | None, tell: Tell) -> str | None:
    if text is None:
        return None
    return tell(text if len(text) < MOST_CHARS else whole_words(text))


def _rank(repeated: Repeated) -> tuple[int, str]:
    return -repeated.rows, repeated.digest


RepeatsPart = tuple[SidePart, SidePart]
"""Texts, and pictures."""


class SumRepeats(KeyedSum[RepeatsPart]):
    """The packs of ``PostedItems`` → ``RepeatsPart``."""

    def part(self, name: Range, packs: Iterable[Any]) -> RepeatsPart:
        """See ``KeyedSum``."""
        arrays: list[list[NDArray[Any]]] = [[], [], [], [], []]
        ids: list[str] = []
        shown: dict[int, str] = {}
        for *columns, some_ids, some_shown in packs:
            for array, column in zip(arrays, columns, strict=True):
                array.append(column)
            ids += some_ids
            shown |= some_shown
        keys, others, items, rows, decisions = map(np.concatenate, arrays)
        found = _summed(_Posts(keys, others, items, rows, decisions, ids, shown))
        empty = SidePart()
        return (found, empty) if name.startswith(Side.TEXT.value) else (empty, found)

    def total(self, parts: Iterable[RepeatsPart]) -> RepeatsPart:
        """See ``KeyedSum``."""
        texts = pictures = SidePart()
        for text, picture in parts:
            texts, pictures = texts.add(text), pictures.add(picture)
        return texts, pictures


def repeated_content(part: RepeatsPart, tell: Tell = str) -> RepeatedContent:
    """As the audit has it; ``tell``: of the texts."""
    texts, pictures = part
    return RepeatedContent(texts=texts.told(tell), pictures=pictures.told(tell))


class _Posts(NamedTuple):
    """All of a range, a place a post."""

    keys: NDArray[Any]
    others: NDArray[Any]
    items: NDArray[Any]
    rows: NDArray[Any]
    decisions: NDArray[Any]
    ids: Sequence[str]
    shown: dict[int, str]


def _summed(posts: _Posts) -> SidePart:
    order = np.argsort(posts.keys, kind="stable")
    keys, rows = posts.keys[order], posts.rows[order].astype(np.int64)
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    ends, by_key = np.r_[starts[1:], len(keys)], np.add.reduceat(rows, starts)
    repeated = int((by_key > 1).sum())
    most = np.lexsort((keys[starts], -by_key))[: min(repeated, MOST)]
    return SidePart(
        distinct=len(starts),
        rows=int(rows.sum()),
        repeated=repeated,
        most=tuple(_repeated(posts, order[starts[at] : ends[at]]) for at in most),
    )


def _repeated(posts: _Posts, places: NDArray[Any]) -> Repeated:
    key = int(posts.keys[places[0]])
    rows, decisions = posts.rows[places].astype(np.int64), posts.decisions[places]
    by_decision = np.bincount(decisions, rows, minlength=len(DECISIONS)).astype(int).tolist()
    others, items = np.unique(posts.others[places]), posts.items[places]
    gravest = places[decisions == decisions.max()]
    examples = gravest[posts.items[gravest] == posts.items[gravest].min()]
    return Repeated(
        digest=f"{key:016x}",
        rows=int(rows.sum()),
        items=len(np.unique(items)),
        others=int((others != _NONE).sum()),
        rows_flagged=by_decision[DECISIONS.index(Decision.FLAG)],
        rows_to_review=by_decision[DECISIONS.index(Decision.REVIEW)],
        item_id=min(posts.ids[at] for at in examples.tolist()),
        text=posts.shown.get(key),
    )
