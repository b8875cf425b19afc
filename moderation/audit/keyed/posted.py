"""What items say and show, on its way to where it is summed: by text, and by picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from moderation.audit.keyed.ranges import Range, dealt, packed
from schemas.policy import Decision

MOST_CHARS = 300
_NONE = 0
"""In place of a digest."""


class Side(IntEnum):
    """What is counted."""

    TEXT = 0
    PICTURE = 1


class Posted(NamedTuple):
    """A text and a picture that stand together in an item; 0 where there is none."""

    text: int
    picture: int
    shown: str | None = None
    """The text itself, where the item is flagged or queued."""

    def digests(self, side: Side) -> tuple[int, int]:
        """One side's, and the other's."""
        return (self.text, self.picture) if side is Side.TEXT else (self.picture, self.text)


DECISIONS = (Decision.CLEAR, Decision.REVIEW, Decision.FLAG)


@dataclass(slots=True)
class _Column:
    """What is held of one side."""

    keys: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    decisions: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    shown: dict[int, str] = field(default_factory=dict)

    def packs(self, side: Side, ranges: int) -> Iterator[tuple[Range, bytes]]:
        keys, others = np.array(self.keys, np.uint64), np.array(self.others, np.uint64)
        items, rows = np.array(self.items, np.uint64), np.array(self.rows, np.uint32)
        decisions = np.array(self.decisions, np.uint8)
        for at, some in dealt(keys, ranges):
            ids = [self.ids[place] for place in some]
            mine = set(keys[some].tolist()) if self.shown else ()
            shown = {key: self.shown[key] for key in mine if key in self.shown}
            columns = (keys[some], others[some], items[some], rows[some], decisions[some])
            yield f"{side.name}-{at}", packed((*columns, ids, shown))


class PostedItems:
    """Holds what items say and show, until ``packs`` lets go of it."""

    def __init__(self, ranges: int) -> None:
        self._ranges = ranges
        self._columns = {side: _Column() for side in Side}

    def __len__(self) -> int:
        return max(len(column.keys) for column in self._columns.values())

    def add(
        self, item: int, posted: Sequence[Posted], *, rows: int, decision: Decision, item_id: str
    ) -> None:
        """Hold an item with its rows.

        Args:
            item: the first 64 bits of its content key.
            posted: what it says and shows, one for each of its posts.
            rows: how many rows have the item here.
            decision: on all of them.
            item_id: the least of the rows'.
        """
        rank = DECISIONS.index(decision)
        for side in Side:
            column, seen = self._columns[side], set[int]()
            for each in posted:
                key, other = each.digests(side)
                if key == _NONE:
                    continue
                column.keys.append(key)
                column.others.append(other)
                column.items.append(item)
                column.rows.append(0 if key in seen else rows)
                column.decisions.append(rank)
                column.ids.append(item_id)
                if side is Side.TEXT and each.shown is not None:
                    column.shown[key] = each.shown[:MOST_CHARS]
                seen.add(key)

    def packs(self) -> Iterator[tuple[Range, bytes]]:
        """All that is held, by side and range."""
        columns, self._columns = self._columns, {side: _Column() for side in Side}
        for side, column in columns.items():
            if column.keys:
                yield from column.packs(side, self._ranges)
