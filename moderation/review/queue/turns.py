"""Whose turn an item is: nobody sees one twice, and two people one only as a second opinion."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from moderation.review.decisions.standing import Standing
from moderation.review.queue.items import QueueItem
from moderation.review.queue.order import share_of

HELD_S = 900.0
"""An item that somebody looks at is nobody else's for so long."""


@dataclass(slots=True)
class Turns:
    """Deals items out. Not safe across threads; its owner holds a lock."""

    items: Sequence[QueueItem]
    """In the order in which they are to be seen."""
    standing: Standing
    second_opinions: float = 0.0
    """Share of items that a second person decides as well, chosen by content."""
    clock: Callable[[], float] = time.monotonic
    _held: dict[str, tuple[str, float]] = field(default_factory=dict)
    """By content key: by whom, until when."""

    def next(self, reviewer: str) -> QueueItem | None:
        """What a reviewer sees next, and holds from now on; None where nothing is left for them.

        What they passed on comes again behind everything else.
        """
        found, fewest = None, None
        for item in self._open(reviewer):
            skips = self.standing.skips(item.content_key, reviewer)
            if fewest is None or skips < fewest:
                found, fewest = item, skips
            if not skips:
                break
        if found is not None:
            self.hold(found.content_key, reviewer)
        return found

    def hold(self, key: str, reviewer: str) -> None:
        """Keep an item from others for a while; a reviewer holds one."""
        self.let_go(reviewer)
        self._held[key] = (reviewer, self.clock() + HELD_S)

    def after(self, reviewer: str, key: str) -> QueueItem | None:
        """What would be next once an item is done with; nothing is held for it."""
        return next((item for item in self._open(reviewer) if item.content_key != key), None)

    def left(self, reviewer: str) -> int:
        """How many items are still for a reviewer, if nobody else goes on."""
        return sum(self._is_for(item.content_key, reviewer) for item in self.items)

    def is_second(self, key: str, reviewer: str) -> bool:
        """Whether another reviewer has decided an item."""
        return bool(self.standing.reviewers_of(key) - {reviewer})

    def _open(self, reviewer: str) -> Iterator[QueueItem]:
        now = self.clock()
        for item in self.items:
            holder, until = self._held.get(item.content_key, (reviewer, now))
            if (holder == reviewer or until <= now) and self._is_for(item.content_key, reviewer):
                yield item

    def _is_for(self, key: str, reviewer: str) -> bool:
        by = self.standing.reviewers_of(key)
        if reviewer in by:
            return False
        return not by or (len(by) == 1 and self._wants_second(key))

    def _wants_second(self, key: str) -> bool:
        return share_of(key, "second opinion") < self.second_opinions

    def let_go(self, reviewer: str) -> None:
        """Others may have what a reviewer held."""
        for key in [key for key, (holder, _) in self._held.items() if holder == reviewer]:
            del self._held[key]
