"""Whether bfloat16 is quicker than float32 on a run's own items, and close enough (0049)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from moderation.models.calls import Result
from moderation.models.precision import TOLERANCE
from moderation.models.types import ModelItem, Scores
from schemas.precision import Precision, PrecisionFacts
from schemas.records import Kind

MARGIN = 0.85
"""Of float32's time that bfloat16 may take, median of rounds; and no round may lose."""

ROUND_ROWS = 16
LEAST_ITEMS = 4 * ROUND_ROWS
_LEAST_ROUNDS = 3
_SECONDS, _MOST_SECONDS = 4.0, 12.0
"""Of rounds, after which none is begun; the latter with fewer than ``_LEAST_ROUNDS``."""

Scoring = Callable[[Sequence[ModelItem], Precision], Sequence[Result]]


@dataclass(frozen=True, slots=True)
class Compared:
    """Some items scored both ways."""

    rows: int
    ratios: tuple[float, ...]
    """By round, bfloat16's time beside float32's."""
    largest_difference: float
    """Of a probability; infinite where one way fails and the other does not."""

    @property
    def ratio(self) -> float:
        """Of the middle round."""
        return median(self.ratios)


def compare(
    items: Sequence[ModelItem],
    score: Scoring,
    *,
    spent: Callable[[], float] = time.process_time,
    clock: Callable[[], float] = time.monotonic,
) -> Compared:
    """Score items in rounds, each in both precisions, which take turns at being first.

    Stops after a few seconds of rounds, with a slow model after some more, and with the first round
    that float32 wins or that is too far off.

    Args:
        items: at least ``LEAST_ITEMS`` of one kind, all different.
        score: by the whole scorer, tokens and all.
        spent: seconds that the model had, by default of this process's processor time.
        clock: seconds.
    """
    both = (Precision.FLOAT32, Precision.BFLOAT16)
    first = [score(items[:ROUND_ROWS], precision) for precision in both]  # rewrites the graph
    rows, ratios, largest = ROUND_ROWS, list[float](), max(map(_difference, *first))
    begun = clock()
    for some in _rounds(items):
        if ratios and clock() - begun > (
            _SECONDS if len(ratios) >= _LEAST_ROUNDS else _MOST_SECONDS
        ):
            break
        took: dict[Precision, float] = {}
        found: dict[Precision, Sequence[Result]] = {}
        for precision in both if len(ratios) % 2 else reversed(both):
            since = spent()
            found[precision] = score(some, precision)
            took[precision] = spent() - since
        rows += len(some)
        ratios.append(took[both[1]] / max(took[both[0]], 1e-9))
        largest = max([largest, *map(_difference, *(found[each] for each in both))])
        if ratios[-1] >= 1 or largest > TOLERANCE:
            break  # more of them would change nothing
    return Compared(rows, tuple(ratios), largest)


def choose(compared: Mapping[Kind, Compared]) -> PrecisionFacts:
    """What a run computes in: bfloat16 where it is quicker and close for items of every kind.

    Args:
        compared: by kind, of at least one.
    """
    slowest = max(compared.values(), key=lambda each: each.ratio)
    largest = max(each.largest_difference for each in compared.values())
    rounds = sorted(ratio for each in compared.values() for ratio in each.ratios)
    rows = sum(each.rows for each in compared.values())
    told = (
        f"bfloat16 took {slowest.ratio:.2f} of float32's time on {rows} of the first "
        f"rows ({rounds[0]:.2f} to {rounds[-1]:.2f}), probabilities within {largest:.4f}"
    )
    close, quick = largest <= TOLERANCE, slowest.ratio <= MARGIN and rounds[-1] < 1
    if not close:
        told += f", more than {TOLERANCE:g}"
    elif not quick:
        told += f": too little to be sure of a gain (at most {MARGIN:g}, and no round above 1)"
    return PrecisionFacts(
        used=Precision.BFLOAT16 if close and quick else Precision.FLOAT32,
        asked="auto",
        why=told,
        rows=rows,
        time_ratio=round(slowest.ratio, 3),
        largest_difference=min(largest, 1.0),
    )


def _rounds(items: Sequence[ModelItem]) -> Iterator[Sequence[ModelItem]]:
    for start in range(ROUND_ROWS, len(items) - ROUND_ROWS + 1, ROUND_ROWS):
        yield items[start : start + ROUND_ROWS]


def _difference(one: Result, other: Result) -> float:
    if not isinstance(one, Scores) or not isinstance(other, Scores):
        return 0.0 if type(one) is type(other) else float("inf")
    return max(
        abs(a - b)
        for task, values in one.probabilities.items()
        for a, b in zip(values, other.probabilities[task], strict=True)
    )
