"""A cut signature, held against the whole one on the first rows of a run."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from moderation.models.calls import Answering, How, Result
from moderation.models.precision import computing, current
from moderation.models.types import ModelItem, Scores
from schemas.card import TaskSpec
from schemas.precision import Precision

TOLERANCE = 1e-5
"""Of a probability in float32, whatever the run computes in: mixed graphs are rewritten in other
places when they are cut. Both ways call the same operations, on other numbers of rows."""
_ROWS = 16
_log = logging.getLogger(__name__)


class CheckedCall:
    """Answers by encoders and what joins them, while that says what the whole signature says.

    Args:
        joined: the two steps.
        whole: the signature as it was exported.
        rows: real rows that are scored both ways first.
    """

    def __init__(self, joined: Answering, whole: Answering, *, rows: int = _ROWS) -> None:
        self.joined, self.whole = joined, whole
        self._left = rows
        self._apart = False
        self._lock = threading.Lock()

    @property
    def tasks(self) -> tuple[TaskSpec, ...]:
        """That it answers."""
        return self.whole.tasks

    @property
    def batch_size(self) -> int | None:
        """Rows that it insists on: none."""
        return self.whole.batch_size

    @property
    def called(self) -> How:
        """In two steps until real rows say otherwise."""
        if self._apart:
            return How(False, "on real items its parts said otherwise")
        return How(True, "by its graph")

    def __call__(self, items: Sequence[ModelItem]) -> list[Result]:
        """One result per item; raises what the model raises."""
        if self._apart:
            return self.whole(items)
        found = self.joined(items)
        with self._lock:
            checked = min(self._left, len(items))
            self._left -= checked
        if checked and self._says_otherwise(items[:checked], found[:checked]):
            self._apart = True
            _log.warning(
                "the model's encoders, called apart, say otherwise than the model as a whole on "
                "real items; it is called as a whole from here on, which is slower"
            )
            return self.whole(items)
        return found

    def _says_otherwise(self, items: Sequence[ModelItem], found: Sequence[Result]) -> bool:
        """Both ways are compared in float32."""
        exact = current() is Precision.FLOAT32
        with computing(Precision.FLOAT32):
            return apart(found if exact else self.joined(items), self.whole(items))


def as_one(joined: Answering, whole: Answering, items: Sequence[ModelItem]) -> bool:
    """Whether items have the same scores in two steps: together, each alone, and among copies."""
    expected = whole(items)
    copies = [*items, *items]
    return not (
        apart(joined(copies), [*expected, *expected])
        or apart(joined(items), expected)
        or any(apart(joined([item]), [one]) for item, one in zip(items, expected, strict=True))
    )


def apart(some: Sequence[Result], others: Sequence[Result]) -> bool:
    """Whether any two results say something else."""
    return any(_differ(one, other) for one, other in zip(some, others, strict=True))


def _differ(one: Result, other: Result) -> bool:
    if not isinstance(one, Scores) or not isinstance(other, Scores):
        return one != other
    return any(
        abs(a - b) > TOLERANCE
        for name, values in one.probabilities.items()
        for a, b in zip(values, other.probabilities[name], strict=True)
    )
