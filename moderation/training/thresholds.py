"""Thresholds on calibrated probabilities, chosen on the validation split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from moderation.records.positive import positive_place

FEWEST_OF_LABEL = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """What a threshold is to reach: a precision, or the best F-beta."""

    precision_at: float | None = None
    f_beta: float = 1.0

    def __str__(self) -> str:
        if self.precision_at is not None:
            return f"the lowest threshold with a precision of {self.precision_at:g} or more"
        return f"the threshold with the best F{self.f_beta:g}"

    def unreached(
        self,
        chosen: Mapping[str, float],
        labels: Sequence[str],
        *,
        exclusive: bool,
        task: str | None = None,
    ) -> str | None:
        """What to warn of where a label got no threshold; None where every one has."""
        without = [label for label in _asked(labels, exclusive, task) if label not in chosen]
        if not without:
            return None
        few = "" if exclusive else f", or fewer than {FEWEST_OF_LABEL} rows have the label"
        return (
            f"warning: no threshold for {', '.join(without)}: on the validation split nothing is "
            f"{self}{few}. The policy's own default stands"
        )


def choose(
    probabilities: Any, truth: Any, labels: Sequence[str], *, rule: Rule, task: str | None = None
) -> dict[str, float]:
    """A threshold for each label (of two that exclude each other the positive one's alone).

    A label that is missing, or never reaches the precision that is asked for, gets none: the
    policy's own default stands. So does one of several that fewer than five rows have: the best
    threshold for a single row may flag half of everything.

    Args:
        probabilities: float ``[rows, labels]``, calibrated.
        truth: int ``[rows]``; of labels that do not exclude each other ``[rows, labels]``.
        labels: in the order of the columns.
        rule: what to reach.
        task: its name.
    """
    found, truth = np.asarray(probabilities), np.asarray(truth)
    exclusive = truth.ndim == 1
    has = truth[:, None] == np.arange(len(labels)) if exclusive else truth > 0
    chosen = {
        label: _threshold(found[:, place], has[:, place], rule)
        for place, label in enumerate(labels)
        if label in _asked(labels, exclusive, task)
        and (exclusive or has[:, place].sum() >= FEWEST_OF_LABEL)
    }
    return {label: value for label, value in chosen.items() if value is not None}


def _asked(labels: Sequence[str], exclusive: bool, task: str | None) -> Sequence[str]:
    return [labels[positive_place(labels, task)]] if exclusive and len(labels) == 2 else labels


def _threshold(scores: Any, positive: Any, rule: Rule) -> float | None:
    if not positive.any() or positive.all():
        return None
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    hits = np.cumsum(positive[order])
    taken = np.arange(1, len(scores) + 1)
    ends = np.append(ordered[1:] != ordered[:-1], True)  # equal scores are taken together
    precision, recall = hits / taken, hits / positive.sum()
    if rule.precision_at is not None:
        good = np.flatnonzero(ends & (precision >= rule.precision_at))
        if not len(good):
            return None
        place = int(good[-1])
    else:
        square = rule.f_beta**2
        weighted = square * precision + recall
        f_beta = np.divide(
            (1 + square) * precision * recall,
            weighted,
            out=np.zeros(len(taken)),
            where=weighted > 0,
        )
        place = int(np.where(ends, f_beta, -1).argmax())
    below = ordered[place + 1] if place + 1 < len(ordered) else 0.0
    return round(float((ordered[place] + below) / 2), 6)
