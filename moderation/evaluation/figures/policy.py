"""What flags and decisions are worth: precision and recall where the policy acts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.evaluation.figures.groups import Grouping
from moderation.evaluation.figures.intervals import proportion
from moderation.evaluation.figures.sample import Sample
from moderation.evaluation.pairing.decided import FlagTarget
from schemas.metrics import DecisionFigures, FlagFigures, PolicyFigures, Proportion
from schemas.policy import Decision

DECISIONS = tuple(each.value for each in (Decision.FLAG, Decision.REVIEW, Decision.CLEAR))
_CLOSE = 1e-9


@dataclass(frozen=True)
class Acted:
    """What a policy made of the items of a sample."""

    targets: tuple[FlagTarget, ...]
    """Flags about the sample's task."""
    flags: NDArray[np.int8]
    """``[items, targets]``: 1 raised, 0 not, -1 the verdict does not say."""
    decision: NDArray[np.int8]
    """``[items]``: the place in ``DECISIONS``, or -1."""
    label_differs: NDArray[np.bool_]
    """``[items]``: ``entailment_label`` is not the likeliest of the stored probabilities."""
    seen: NDArray[np.bool_]
    """``[items]``: people look at it, for its decision or as one of a sample."""

    def take(self, rows: NDArray[Any]) -> Acted:
        """Of some of the items."""
        return replace(
            self,
            flags=self.flags[rows],
            decision=self.decision[rows],
            label_differs=self.label_differs[rows],
            seen=self.seen[rows],
        )


def policy_figures(sample: Sample, acted: Acted) -> PolicyFigures | None:
    """Figures of the items that a policy decided about; None where it did of none."""
    there = acted.decision >= 0
    if not there.any():
        return None
    if not there.all():
        rows = np.flatnonzero(there)
        sample, acted = sample.take(rows), acted.take(rows)
    grouping = Grouping.of(sample)
    flags = [
        _flag(sample, acted, place, grouping)
        for place, target in enumerate(acted.targets)
        if target.label in sample.names and (acted.flags[:, place] >= 0).any()
    ]
    due = _due(sample, acted.targets)
    everything = np.ones(len(sample), dtype=bool)
    made = {name: acted.decision == place for place, name in enumerate(DECISIONS)}
    return PolicyFigures(
        items=len(sample),
        flags=flags,
        decisions=[
            DecisionFigures(
                decision=name,
                share=proportion(mask, everything, grouping),
                due=_of(due, mask, grouping),
                of_due=_of(mask, due, grouping),
            )
            for name, mask in made.items()
        ],
        review_load=proportion(acted.seen, everything, grouping),
        reached=_of(~made["clear"] | acted.seen, due, grouping),
        label_disagrees=int(acted.label_differs.sum()),
    )


def _of(hits: NDArray[np.bool_], of: NDArray[np.bool_], grouping: Grouping) -> Proportion:
    return proportion(hits & of, of, grouping)


def _due(sample: Sample, targets: tuple[FlagTarget, ...]) -> NDArray[np.bool_]:
    """``[items]``: what a flag that counts is about is true of the item."""
    wanted = {target.label for target in targets if target.flags}
    places = [place for place, name in enumerate(sample.names) if name in wanted]
    return np.asarray(sample.truth[:, places].any(axis=1))


def _flag(sample: Sample, acted: Acted, place: int, grouping: Grouping) -> FlagFigures:
    target, raised = acted.targets[place], acted.flags[:, place] == 1
    column = sample.names.index(target.label)
    truth, p = sample.truth[:, column], sample.p[:, column]
    hits = truth & raised
    return FlagFigures(
        flag=target.name,
        label=target.label,
        counts=target.flags,
        threshold=target.threshold,
        support=int(truth.sum()),
        raised=int(raised.sum()),
        share=proportion(raised, np.ones(len(raised), dtype=bool), grouping),
        precision=proportion(hits, raised, grouping),
        recall=proportion(hits, truth, grouping),
        disagrees=disagreeing(raised, p, target.threshold),
    )


def disagreeing(raised: NDArray[np.bool_], p: NDArray[np.float64], threshold: float | None) -> int:
    """Items whose flag is not what their stored probability says.

    Without a threshold: as many as no single threshold could explain.
    """
    if threshold is not None:
        return int(((p >= threshold) != raised)[np.abs(p - threshold) > _CLOSE].sum())
    order = np.argsort(p, kind="stable")
    ranked, up = p[order], raised[order]
    ends = np.append(ranked[1:] != ranked[:-1], True)
    # A threshold above each place: what is raised below it, and what is not above it, is wrong.
    wrong = np.cumsum(up) + ((~up).sum() - np.cumsum(~up))
    return int(min((~up).sum(), wrong[ends].min()))
