"""What is known of a chosen threshold: what it does on validation, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from moderation.evaluation.figures.groups import Grouping
from moderation.evaluation.figures.intervals import percentiles, proportion
from moderation.evaluation.figures.sample import numbered
from moderation.training.thresholds import Rule, beats, having, threshold

_REDRAWS = 200
_MOST_DRAWN = 4_000_000
_WIDE = 0.2


@dataclass(frozen=True, slots=True)
class ThresholdFacts:
    """One label's threshold on the validation split."""

    threshold: float
    interval_95: tuple[float, float] | None
    """Where the rule puts it on redrawn groups of rows; None: too often nowhere."""
    rows: int
    groups: int
    having: int
    """Rows that have the label."""
    flagged: int
    precision: float | None
    precision_95: tuple[float, float] | None
    recall: float | None
    beats_all: bool
    """Whether its flags are right more often than if all rows were flagged, beyond chance."""

    def told(self, label: str) -> str:
        """One line for the log."""
        wide = "" if self.interval_95 is None else _ends(self.interval_95)
        return (
            f"threshold of {label}: {self.threshold:g}{wide}; flags {self.flagged:,} of "
            f"{self.rows:,} validation rows, precision {_figure(self.precision)}"
            f"{'' if self.precision_95 is None else _ends(self.precision_95)}, "
            f"recall {_figure(self.recall)}"
        )

    def warning(self, label: str) -> str | None:
        """What to warn of; None where nothing is."""
        if not self.beats_all:
            what = "all" if self.flagged else "none"
            return (
                f"warning: the threshold of {label}, {self.threshold:g}, does no better on the "
                f"validation split than flagging {what}: it flags {self.flagged:,} of "
                f"{self.rows:,} rows, {_figure(self.precision)} of them rightly, and "
                f"{self.having / self.rows:.3f} of all rows have the label"
            )
        if self.interval_95 is None or self.interval_95[1] - self.interval_95[0] > _WIDE:
            reach = "anywhere" if self.interval_95 is None else _ends(self.interval_95).strip()
            return (
                f"warning: {self.rows:,} validation rows, {self.having:,} of them with {label}, "
                f"leave its threshold open: {reach}"
            )
        return None

    def as_card(self) -> dict[str, Any]:
        """As the card has it."""
        return asdict(self)


def facts_of(
    chosen: Mapping[str, float],
    probabilities: Any,
    truth: Any,
    labels: Sequence[str],
    *,
    rule: Rule,
    groups: Any = None,
) -> dict[str, ThresholdFacts]:
    """By label, of those that have a threshold; arguments as ``choose`` takes them."""
    found, has = np.asarray(probabilities), having(np.asarray(truth), len(labels))
    codes = np.arange(len(found)) if groups is None else numbered(groups)
    return {
        label: _facts(found[:, place], has[:, place], chosen[label], rule, codes)
        for place, label in enumerate(labels)
        if label in chosen
    }


def _facts(scores: Any, has: Any, at: float, rule: Rule, codes: Any) -> ThresholdFacts:
    flagged = scores >= at
    grouping = Grouping(codes if codes.max() + 1 < len(codes) else None, int(codes.max()) + 1)
    hits = flagged & has
    precision, recall = proportion(hits, flagged, grouping), proportion(hits, has, grouping)
    return ThresholdFacts(
        threshold=at,
        interval_95=_interval(scores, has, rule, codes),
        rows=len(scores),
        groups=grouping.count,
        having=int(has.sum()),
        flagged=int(flagged.sum()),
        precision=precision.value,
        precision_95=precision.interval_95,
        recall=recall.value,
        beats_all=beats(int(hits.sum()), int(flagged.sum()), int(has.sum()), len(scores)),
    )


def _interval(scores: Any, has: Any, rule: Rule, codes: Any) -> tuple[float, float] | None:
    """Groups are redrawn and the rule is followed anew."""
    random = np.random.default_rng(0)
    groups = int(codes.max()) + 1
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(groups + 1))
    redraws = max(40, min(_REDRAWS, _MOST_DRAWN // len(scores)))
    found = np.full(redraws, np.nan)
    for number in range(redraws):
        drawn = random.integers(groups, size=groups)
        rows = np.concatenate([order[starts[each] : starts[each + 1]] for each in drawn])
        at = threshold(scores[rows], has[rows], rule)
        found[number] = np.nan if at is None else at
    return percentiles(found)[0]


def _ends(interval: tuple[float, float]) -> str:
    return f" ({interval[0]:.3f} to {interval[1]:.3f})"


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"
