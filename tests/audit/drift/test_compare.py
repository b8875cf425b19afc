"""How far two nights are apart, and how seldom chance alone is an alarm."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import jensenshannon

from moderation.audit.drift.bins import SCORE_EDGES
from moderation.audit.drift.compare import FALSE_ALARMS, compare
from schemas.drift import BlockCounts, DistanceName, Measure
from tests.audit.drift.nights import blocks_of, night, scores


def test_distances_are_those_of_scipy_over_the_same_bins() -> None:
    rng = np.random.default_rng(3)
    (one, family), (other, other_family) = scores(rng, 900), scores(rng, 700, shift=0.4)
    now, before = blocks_of(one, family, rng), blocks_of(other, other_family, rng)
    [found] = compare([now], [before]).measures
    p, q = (
        np.bincount(np.searchsorted(SCORE_EDGES, s, side="right"), minlength=22) / len(s)
        for s in (one, other)
    )
    by_name = {distance.name: distance.value for distance in found.distances}
    assert by_name[DistanceName.PSI] == pytest.approx(float(((p - q) * np.log(p / q)).sum()))
    divergence = float(jensenshannon(p, q, base=2)) ** 2
    assert by_name[DistanceName.JENSEN_SHANNON] == pytest.approx(divergence)
    binned = [np.searchsorted(SCORE_EDGES, s, side="right") for s in (one, other)]
    largest = stats.ks_2samp(*binned).statistic
    assert by_name[DistanceName.L_INF] == pytest.approx(float(largest))
    assert (found.items, found.items_before) == (len(one), len(other))


def test_nights_of_copies_without_drift_seldom_alarm() -> None:
    rng = np.random.default_rng(1)
    nights, by_chance, plain = 120, 0, 0
    for _ in range(nights):
        (one, family), (other, other_family) = scores(rng, 500), scores(rng, 500)
        plain += stats.ks_2samp(one, other).pvalue <= 0.05
        found = compare([blocks_of(one, family, rng)], [blocks_of(other, other_family, rng)])
        ps = [d.p_of_night for each in found.measures for d in each.distances]
        by_chance += min(ps) <= 0.05
    assert plain > 0.85 * nights
    assert by_chance <= 0.1 * nights


def test_a_real_shift_is_an_alarm_and_its_size_is_said() -> None:
    rng = np.random.default_rng(2)
    found = compare(night(rng, 1_500, shift=0.8), night(rng, 1_500))
    alarms = {m.of for m in found.measures for d in m.distances if d.alarm}
    assert alarms == {Measure.SCORE, Measure.FLAG}
    [flag] = [each for each in found.measures if each.of is Measure.FLAG]
    [difference] = flag.distances
    assert flag.share is not None
    assert flag.share_before is not None
    assert difference.value == pytest.approx(flag.share - flag.share_before)
    assert difference.interval_95 is not None
    low, high = difference.interval_95
    assert 0 < low < difference.value < high
    assert difference.p_of_night <= FALSE_ALARMS


def test_the_same_night_twice_differs_in_nothing() -> None:
    counts = night(np.random.default_rng(4), 300)
    for measure in compare(counts, counts).measures:
        for distance in measure.distances:
            assert (distance.value, distance.p, distance.alarm) == (0, 1, False)


def test_what_cannot_be_compared_is_said() -> None:
    rng = np.random.default_rng(5)
    now, few = night(rng, 200), night(rng, 3)
    other = BlockCounts(of=Measure.SCORE, name="x.y", edges=[0.5], blocks=[[1, 2]])
    found = compare([now[0], few[1]], [other, now[1]])
    assert not found.measures
    assert found.not_compared[0] == "scores of hateful.hateful: the baseline has none"
    assert "are needed" in found.not_compared[1]
    assert found.not_compared[2] == "scores of x.y: this run has none"
