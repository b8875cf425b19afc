"""What people look at, in the figures of a policy."""

from __future__ import annotations

import numpy as np

from moderation.evaluation.figures.policy import DECISIONS, Acted, policy_figures
from moderation.evaluation.figures.sample import make_sample
from moderation.evaluation.pairing.decided import FlagTarget


def test_samples_are_part_of_the_reviewers_load_and_reach_what_was_missed() -> None:
    made = ["flag"] * 10 + ["review"] * 4 + ["clear"] * 26
    seen = [place % 10 == 0 for place in range(10)] + [True] * 4 + [True] * 2 + [False] * 24
    due = [True] * 15 + [False] * 25
    p = np.array([[0.1, 0.9]] * 10 + [[0.9, 0.1]] * 30)
    sample = make_sample([1 if each else 0 for each in due], p, ("no", "yes"), multi_label=False)
    acted = Acted(
        (FlagTarget("is_x", "x", "yes", True, 0.5),),
        np.array([[each == "flag"] for each in made], dtype=np.int8),
        np.array([DECISIONS.index(each) for each in made], dtype=np.int8),
        np.zeros(40, dtype=np.bool_),
        np.array(seen),
    )

    found = policy_figures(sample, acted)

    assert found is not None
    assert found.review_load.hits == 1 + 4 + 2
    assert (found.reached.hits, found.reached.of) == (15, 15)
    by = {each.decision: each for each in found.decisions}
    assert by["review"].share.hits == 4
