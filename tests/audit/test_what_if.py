"""What another threshold would flag and send to people, held against the policy itself."""

from __future__ import annotations

import random

import numpy as np
import pytest

from moderation.audit.distributions import FlagMark, distributions
from moderation.audit.scores import count_scores
from moderation.audit.tally import Tally
from moderation.audit.what_if import LADDER, what_if
from moderation.verdicts.decide import Judge
from schemas.card import Card
from schemas.policy import Decision, Policy
from schemas.records import Kind
from schemas.what_if import WhatIf
from tests.models.fakes import both_kinds_card

CARD = Card.model_validate(both_kinds_card())


def policy(threshold: float, below: float, above: float) -> Policy:
    rule = {"task": "hateful", "label": "hateful", "threshold": threshold}
    band = {"below": below, "above": above}
    return Policy.model_validate(
        {"version": "v", "flags": {"is_hateful": {**rule, "review_band": band}}}
    )


def scores(count: int = 400) -> list[tuple[float, int]]:
    """Probabilities, some of them on a threshold to the bit, and rows of each item."""
    rng = random.Random(7)
    drawn = [rng.betavariate(0.5, 2) for _ in range(count)]
    drawn += [p for p in LADDER if p in (0.5, 0.25, 0.75)]  # where sums of floats are exact
    return [(p, rng.randint(1, 5)) for p in drawn]


def found(threshold: float, below: float, above: float) -> WhatIf:
    labels = next(task.labels for task in CARD.tasks if task.name == "hateful")
    tally, (drawn, rows) = Tally(), zip(*scores(), strict=True)
    table = np.array([[p if label == "hateful" else 1 - p for label in labels] for p in drawn])
    first = np.full(len(rows), True)
    count_scores(tally, "hateful", labels, table=table, rows=np.array(rows), first=first)
    mark = FlagMark(
        flag="is_hateful",
        task="hateful",
        kind=Kind.MEME,
        label="hateful",
        threshold=threshold,
        band=(threshold - below, threshold + above),
        action=policy(threshold, below, above).flags["is_hateful"].action,
    )
    [told] = what_if(distributions(tally, CARD, [mark]))
    return told


@pytest.mark.parametrize(("below", "above"), [(0.0, 0.0), (0.05, 0.1), (0.2, 0.0)])
def test_each_step_counts_what_a_policy_with_that_threshold_decides(
    below: float, above: float
) -> None:
    told = found(0.5, below, above)
    labels = next(task.labels for task in CARD.tasks if task.name == "hateful")
    assert len(told.steps) == len(LADDER)
    for step in told.steps:
        if min(step.threshold - below, 1 - step.threshold - above) < 0:
            continue
        judge = Judge(policy(step.threshold, below, above), CARD)
        decided: dict[Decision, list[int]] = {each: [] for each in Decision}
        for p, rows in scores():
            by_label = tuple(p if label == "hateful" else 1 - p for label in labels)
            outcome = judge.decide(Kind.MEME, {"hateful": by_label}, content_key="ff" * 16)
            decided[outcome.decision].append(rows)
        flagged, review = decided[Decision.FLAG], decided[Decision.REVIEW]
        assert (step.items_flagged, step.rows_flagged) == (len(flagged), sum(flagged))
        assert (step.items_to_review, step.rows_to_review) == (len(review), sum(review))


def test_a_threshold_between_bins_is_there_and_says_that_it_is_not_exact() -> None:
    told = found(0.43217, 0.1, 0.1)
    [present] = [step for step in told.steps if step.present]
    assert (present.threshold, present.exact) == (0.43217, False)
    assert all(step.exact for step in told.steps if not step.present)
    rows = [step.rows_flagged for step in told.steps]
    assert rows == sorted(rows, reverse=True)
