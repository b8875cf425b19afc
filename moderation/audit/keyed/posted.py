"""What items say and show, on its way to where it is summed: by text, and by picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

import numpy as np

from moderation.audit.keyed.ranges import Range, dealt, packed
from schemas.policy import Decision

MOST_CHARS = 300
_NONE = 0
"""In place of a digest."""


class Side(Enum):
    """What is counted."""

    TEXT = "text"
    PICTURE = "picture"


class Posted(NamedTuple):
    """A text and a picture that stand together in an item; 0 where there is none."""

    text: int
    picture: int
    shown: str | None = None
    """The text itself, where the item is flagged or queued."""


DECISIONS = (Decision.CLEAR, Decision.REVIEW, Decision.FLAG)
_RANKS = {decision: rank for rank, decision in enumerate(DECISIONS)}


@dataclass(slots=True)
class _Column:
    """What is held of one side."""

    posts: list[tuple[int, int, int, int, int, str]] = field(default_factory=list)
    """Key, the other side's, item, rows, decision, item id."""
    shown: dict[int, str] = field(default_factory=dict)

    def packs(self, side: Side, ranges: int) -> Iterator[tuple[Range, bytes]]:
        *numbers, item_ids = zip(*self.posts, strict=True)
        kinds = (np.uint64, np.uint64, np.uint64, np.uint32, np.uint8)
        keys, others, items, rows, decisions = map(np.array, numbers, kinds)
        for at, some in dealt(keys, ranges):
            ids = [item_ids[place] for place in some.tolist()]
            mine = set(keys[some].tolist()) if self.shown else ()
            shown = {key: self.shown[key] for key in mine if key in self.shown}
            columns = (keys[some], others[some], items[some], rows[some], decisions[some])
            yield f"{side.value}-{at}", packed((*columns, ids, shown))


class PostedItems:
    """Holds what items say and show, until ``packs`` lets go of it."""

    def __init__(self, ranges: int) -> None:
        self._ranges = ranges
        self._texts, self._pictures = _Column(), _Column()

    def __len__(self) -> int:
        return max(len(self._texts.posts), len(self._pictures.posts))

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
        rank = _RANKS[decision]
        said, shows = list[int](), list[int]()
        texts, pictures = self._texts, self._pictures
        for text, picture, shown in posted:
            if text != _NONE:
                many = 0 if text in said else rows
                texts.posts.append((text, picture, item, many, rank, item_id))
                if shown is not None:
                    texts.shown[text] = shown[:MOST_CHARS]
            if picture != _NONE:
                many = 0 if picture in shows else rows
                pictures.posts.append((picture, text, item, many, rank, item_id))
            said.append(text)
            shows.append(picture)

    def packs(self) -> Iterator[tuple[Range, bytes]]:
        """All that is held, by side and range."""
        columns = ((Side.TEXT, self._texts), (Side.PICTURE, self._pictures))
        self._texts, self._pictures = _Column(), _Column()
        for side, column in columns:
            if column.posts:
                yield from column.packs(side, self._ranges)
