"""Thresholds on calibrated probabilities, chosen on the validation split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from moderation.records.positive import positive_place

FEWEST_OF_LABEL = 5
USUAL_PRECISION = 0.8


@dataclass(frozen=True, slots=True)
class Rule:
    """What a threshold is to reach: a precision, or the best F-beta."""

    precision_at: float | None = None
    f_beta: float = 1.0
    otherwise: bool = False
    """Then the best F-beta that has the precision; where none has, the best of all, if its flags
    are purer than flagging all."""

    def __str__(self) -> str:
        if self.precision_at is None:
            return f"the threshold with the best F{self.f_beta:g}"
        if not self.otherwise:
            return f"the lowest threshold with a precision of {self.precision_at:g} or more"
        return (
            f"the threshold with the best F{self.f_beta:g} that has a precision of "
            f"{self.precision_at:g} or more, else the best F{self.f_beta:g} where it beats "
            "flagging all"
        )

    def unreached(
        self,
        chosen: Mapping[str, float],
        labels: Sequence[str],
        *,
        exclusive: bool,
        task: str | None = None,
    ) -> str | None:
        """What to warn of where a label got no threshold; None where every one has."""
        without = [label for label in asked(labels, exclusive, task) if label not in chosen]
        if not without:
            return None
        few = "" if exclusive else f", or fewer than {FEWEST_OF_LABEL} rows have the label"
        return (
            f"warning: no threshold for {', '.join(without)}: on the validation split nothing is "
            f"{self}{few}. The policy's own default stands"
        )


USUAL = Rule(precision_at=USUAL_PRECISION, otherwise=True)
"""Where nothing else is asked for: four of five flags right, if the validation split shows it."""


def choose(
    probabilities: Any, truth: Any, labels: Sequence[str], *, rule: Rule, task: str | None = None
) -> dict[str, float]:
    """A threshold for each label (of two that exclude each other the positive one's alone).

    A label that is missing, or never reaches what is asked for, gets none: the policy's own default
    stands. So does one of several that fewer than five rows have: the best threshold for a single
    row may flag half of everything.

    Args:
        probabilities: float ``[rows, labels]``, calibrated.
        truth: int ``[rows]``; of labels that do not exclude each other ``[rows, labels]``.
        labels: in the order of the columns.
        rule: what to reach.
        task: its name.
    """
    found, truth = np.asarray(probabilities), np.asarray(truth)
    exclusive = truth.ndim == 1
    has = having(truth, len(labels))
    chosen = {
        label: threshold(found[:, place], has[:, place], rule)
        for place, label in enumerate(labels)
        if label in asked(labels, exclusive, task)
        and (exclusive or has[:, place].sum() >= FEWEST_OF_LABEL)
    }
    return {label: value for label, value in chosen.items() if value is not None}


def having(truth: Any, labels: int) -> Any:
    """bool ``[rows, labels]`` of labels that exclude each other, or that do not."""
    return truth[:, None] == np.arange(labels) if truth.ndim == 1 else truth > 0


def asked(labels: Sequence[str], exclusive: bool, task: str | None) -> Sequence[str]:
    """The labels that get a threshold."""
    return [labels[positive_place(labels, task)]] if exclusive and len(labels) == 2 else labels


def threshold(scores: Any, positive: Any, rule: Rule) -> float | None:
    """Of one label; None where the rule cannot be kept."""
    if not positive.any() or positive.all():
        return None
    ranked = _Ranked.of(scores, positive)
    place = ranked.best(rule.f_beta) if rule.precision_at is None else ranked.lowest(rule)
    if place is None and rule.otherwise:
        place = ranked.best(rule.f_beta)
        if not ranked.beats_all(place):
            return None
    return None if place is None else ranked.between(place)


@dataclass(frozen=True)
class _Ranked:
    """Rows from the likeliest down: what flagging down to each would give."""

    scores: Any
    ends: Any
    """Where equal scores end: they are taken together."""
    hits: Any
    taken: Any
    having: int

    @classmethod
    def of(cls, scores: Any, positive: Any) -> _Ranked:
        order = np.argsort(-scores, kind="stable")
        ordered = scores[order]
        ends = np.append(ordered[1:] != ordered[:-1], True)
        taken = np.arange(1, len(scores) + 1)
        return cls(ordered, ends, np.cumsum(positive[order]), taken, int(positive.sum()))

    def best(self, beta: float) -> int:
        """The place with the best F-beta."""
        return int(np.where(self.ends, self.f(beta), -1).argmax())

    def f(self, beta: float) -> Any:
        """F-beta down to each place."""
        precision, recall = self.hits / self.taken, self.hits / self.having
        square = beta**2
        weighted = square * precision + recall
        return np.divide(
            (1 + square) * precision * recall,
            weighted,
            out=np.zeros(len(self.taken)),
            where=weighted > 0,
        )

    def lowest(self, rule: Rule) -> int | None:
        """The lowest place that has the precision.

        As a default the best that has it, where five rows show it and flags beat flagging all.
        """
        fewest = FEWEST_OF_LABEL if rule.otherwise else 1
        enough = self.ends & (self.taken >= fewest)
        good = np.flatnonzero(enough & (self.hits / self.taken >= rule.precision_at))
        if rule.otherwise:
            good = np.array([each for each in good if self.beats_all(int(each))], dtype=int)
            return int(good[self.f(rule.f_beta)[good].argmax()]) if len(good) else None
        return int(good[-1]) if len(good) else None

    def beats_all(self, place: int) -> bool:
        """Whether what is flagged is measurably purer than everything."""
        return beats(int(self.hits[place]), int(self.taken[place]), self.having, len(self.taken))

    def between(self, place: int) -> float:
        """Half way to the next score below."""
        below = self.scores[place + 1] if place + 1 < len(self.scores) else 0.0
        return round(float((self.scores[place] + below) / 2), 6)


def beats(hits: int, flagged: int, having: int, rows: int) -> bool:
    """Whether flags are right more often than if all were flagged, beyond chance.

    Wilson's interval of their precision begins above the share of rows that have the label.
    """
    from moderation.audit.intervals import wilson

    return bool(flagged) and wilson(hits, flagged)[0] > having / rows
