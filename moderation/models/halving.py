"""A batch never dies for one item: halve it until the bad one stands alone.

Knows nothing of TensorFlow: it is handed a function that scores a batch or raises.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

_log = logging.getLogger(__name__)
Item = TypeVar("Item")
Result = TypeVar("Result")


class Ceiling:
    """The largest batch that fits in memory, once a larger one did not; kept for the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: int | None = None

    @property
    def value(self) -> int | None:
        """Items a call; None while memory always sufficed."""
        return self._value

    def lower(self, exhausted_at: int) -> None:
        """Remembers that so many items at once were too many."""
        with self._lock:
            lowered = max(1, exhausted_at // 2)
            self._value = lowered if self._value is None else min(self._value, lowered)
        _log.warning(
            "memory did not suffice for %d items a call, %d are the most from here on",
            exhausted_at,
            lowered,
        )


@dataclass
class Tally:
    """What happened while items were scored."""

    calls: int = 0
    failed_calls: int = 0
    halvings: int = 0
    exhaustions: int = 0


@dataclass(frozen=True)
class Halving(Generic[Item, Result]):
    """Scores batches, and parts of those that fail.

    Attributes:
        score: one result per item in order, or an exception that blames them all.
        fail: the result of an item that failed alone.
        is_exhaustion: whether fewer items at once might have passed.
        ceiling: shared by all batches of the process.
        tally: counts are added to it.
    """

    score: Callable[[Sequence[Item]], list[Result]]
    fail: Callable[[Item, Exception], Result]
    is_exhaustion: Callable[[Exception], bool]
    ceiling: Ceiling
    tally: Tally

    def run(self, items: Sequence[Item]) -> list[Result]:
        """One result per item, in order."""
        return self._run(items)[0]

    def _run(self, items: Sequence[Item]) -> tuple[list[Result], bool]:
        """The results, and whether an item exhausted the memory all by itself.

        Such an item says nothing of how many others fit, so it lowers no ceiling:
        one huge text must not slow down the rest of the run.
        """
        limit = self.ceiling.value
        if limit is not None and len(items) > limit:
            return self._parts([items[at : at + limit] for at in range(0, len(items), limit)])
        self.tally.calls += 1
        try:
            return self.score(items), False
        except Exception as error:  # whatever the model raises is the items', not the run's
            self.tally.failed_calls += 1
            exhausted = self.is_exhaustion(error)
            self.tally.exhaustions += exhausted
            if len(items) == 1:
                return [self.fail(items[0], error)], exhausted
        self.tally.halvings += 1
        middle = len(items) // 2
        results, alone = self._parts([items[:middle], items[middle:]])
        if exhausted and not alone:
            self.ceiling.lower(len(items))
        return results, alone

    def _parts(self, parts: Sequence[Sequence[Item]]) -> tuple[list[Result], bool]:
        done = [self._run(part) for part in parts]
        return [result for results, _ in done for result in results], any(each[1] for each in done)
