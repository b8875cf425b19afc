"""For which share of hate a calibration holds, and where the threshold moves at another."""

from __future__ import annotations

import math

from schemas.card import Calibration
from workshop.starter.measure_hate import HatefulHead
from workshop.starter.measure_posts import base_rates


def test_the_threshold_moves_by_bayes_rule() -> None:
    head = HatefulHead(Calibration(method="platt", slope=1.0, intercept=0.0), 0.5)
    told = base_rates(head, 0.5)
    assert told["holds_for_a_share_of_hateful_items_of"] == 0.5
    rare = told["elsewhere"]["1% hateful"]
    assert math.isclose(rare["threshold_as_strict"], 0.99, abs_tol=1e-4)
    assert math.isclose(rare["log_odds_shift"], math.log(0.01 / 0.99), abs_tol=1e-3)
