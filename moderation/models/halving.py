"""A batch never dies for one item: halve it until the bad one stands alone.

Knows nothing of TensorFlow: it takes a function that scores a batch or raises.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Ceiling:
    """The largest batch that fits; lowered on exhaustion, for the life of the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: int | None = None

    @property
    def value(self) -> int | None:
        """Items a call; None while nothing was ever exhausted."""
        return self._value

    def lower(self, exhausted_at: int) -> None:
        """Remembers that so many items at once were too many."""
        with self._lock:
            lowered = max(1, exhausted_at // 2)
            self._value = lowered if self._value is None else min(self._value, lowered)


@dataclass
class Tally:
    """What happened while one batch was scored."""

    calls: int = 0
    failed_calls: int = 0
    halvings: int = 0
    exhaustions: int = 0


def score_by_halves(
    items: Sequence[Item],
    *,
    score: Callable[[Sequence[Item]], list[Result]],
    fail: Callable[[Item, Exception], Result],
    is_exhaustion: Callable[[Exception], bool],
    ceiling: Ceiling,
    tally: Tally,
) -> list[Result]:
    """One result per item, in order.

    Args:
        items: at least one.
        score: one result per item, or an exception that blames them all.
        fail: the result of an item that failed alone.
        is_exhaustion: whether fewer items at once might have passed.
        ceiling: shared between batches.
        tally: counts are added to it.
    """
    limit = ceiling.value
    if limit is not None and len(items) > limit:
        parts = [items[at : at + limit] for at in range(0, len(items), limit)]
    else:
        tally.calls += 1
        try:
            return score(items)
        except Exception as error:  # whatever the model raises is the item's, not the run's
            tally.failed_calls += 1
            if is_exhaustion(error):
                tally.exhaustions += 1
                ceiling.lower(len(items))
            if len(items) == 1:
                return [fail(items[0], error)]
        tally.halvings += 1
        middle = len(items) // 2
        parts = [items[:middle], items[middle:]]
    return [
        result
        for part in parts
        for result in score_by_halves(
            part,
            score=score,
            fail=fail,
            is_exhaustion=is_exhaustion,
            ceiling=ceiling,
            tally=tally,
        )
    ]
