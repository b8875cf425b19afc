"""Which threshold is taken, for which share of hate a calibration holds, and elsewhere."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import tensorflow as tf

from schemas.card import Calibration
from workshop.starter.data import Texts
from workshop.starter.measure_hate import HatefulHead, calibrate
from workshop.starter.measure_posts import base_rates


class _Length:
    """A model whose log-odds are the number of a text's bytes less ten."""

    def hate_logits(self, texts: Any) -> Any:
        odds = tf.cast(tf.strings.length(texts), tf.float32) - 10.0
        return tf.repeat(odds[:, None], 3, axis=1)


def test_of_thresholds_that_serve_alike_the_highest_is_taken() -> None:
    texts = tuple("x" * length for length in (*range(1, 10), *range(11, 20)) for _ in range(20))
    labels = np.array([int(len(text) > 10) for text in texts], np.int32)
    flipped = labels.copy()
    flipped[::20] = 1 - flipped[::20]
    head = calibrate(_Length(), Texts(texts, flipped))
    p = head.probability(np.array([-1.0, 1.0]))
    assert p[0] < 0.5 < head.threshold <= p[1]
    assert head.threshold + 0.05 > min(p[1], 0.8)


def test_the_threshold_moves_by_bayes_rule() -> None:
    head = HatefulHead(Calibration(method="platt", slope=1.0, intercept=0.0), 0.5)
    told = base_rates(head, 0.5)
    assert told["holds_for_a_share_of_hateful_items_of"] == 0.5
    rare = told["elsewhere"]["1% hateful"]
    assert math.isclose(rare["threshold_as_strict"], 0.99, abs_tol=1e-4)
    assert math.isclose(rare["log_odds_shift"], math.log(0.01 / 0.99), abs_tol=1e-3)
