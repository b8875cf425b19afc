from __future__ import annotations

import random

import numpy as np
import pytest
from ddsketch.ddsketch import DDSketch
from hypothesis import given
from hypothesis import strategies as st

from moderation.audit import quantiles
from moderation.audit.scores import BINS, count_scores, label_counts
from moderation.audit.tally import Tally

LABELS = ("not_hateful", "hateful")
probabilities = st.one_of(
    st.floats(0.0, 1.0), st.integers(0, BINS).map(lambda at: at / BINS), st.just(1e-12)
)
items = st.lists(st.tuples(probabilities, st.integers(1, 5), st.booleans()), min_size=1)


def tally_of(some: list[tuple[float, int, bool]]) -> Tally:
    tally, (p, rows, first) = Tally(), map(np.array, zip(*some, strict=True))
    table = np.stack([1 - p, p], axis=1)
    count_scores(tally, "hateful", LABELS, table=table, rows=rows, first=first)
    return tally


@given(items, st.integers(1, 8), st.randoms(use_true_random=False))
def test_any_split_in_any_order_counts_the_same_to_the_bit(
    some: list[tuple[float, int, bool]], bundles: int, rng: random.Random
) -> None:
    whole = tally_of(some)
    parts = [tally_of(part) for at in range(bundles) if (part := some[at::bundles])]
    rng.shuffle(parts)
    total = Tally()
    for part in parts:
        total.merge(part)
    assert total == whole
    assert label_counts(total) == label_counts(whole)


def test_a_bin_begins_where_a_threshold_of_three_digits_does() -> None:
    for at in range(BINS):
        below, there = np.nextafter(at / BINS, -1), at / BINS
        counts = label_counts(tally_of([(there, 1, True), (max(below, 0.0), 1, True)]))
        assert counts["hateful", "hateful"].items[at] == (2 if at == 0 else 1)
    assert label_counts(tally_of([(1.0, 1, True)]))["hateful", "hateful"].items[-1] == 1


def test_rows_count_all_and_items_what_was_counted_nowhere_before() -> None:
    counts = label_counts(tally_of([(0.25, 3, True), (0.25, 2, False)]))["hateful", "hateful"]
    assert (counts.rows[250], counts.items[250]) == (5, 1)
    assert sum(counts.rows) == 5


def test_quantiles_are_within_their_error_of_the_exact_ones() -> None:
    p = np.random.default_rng(3).random(5_000) ** 6
    found = dict(label_counts(tally_of([(v, 1, True) for v in p]))["hateful", "hateful"].quantiles)
    for share, value in found.items():
        exact = np.sort(p)[int(share * (len(p) - 1))]
        assert value == pytest.approx(exact, rel=quantiles.ERROR * 1.001, abs=quantiles.LEAST)


def test_twenty_orders_of_merging_give_the_quantiles_of_the_library_itself() -> None:
    p = np.random.default_rng(5).random(3_000) ** 4
    plain = DDSketch(quantiles.ERROR)
    for value in p:
        plain.add(value)
    expected = [plain.get_quantile_value(share) for share in quantiles.SHARES]
    for order in range(20):
        parts = [tally_of([(v, 1, True) for v in part]) for part in np.array_split(p, 15)]
        random.Random(order).shuffle(parts)
        total = Tally()
        for part in parts:
            total.merge(part)
        found = label_counts(total)["hateful", "hateful"].quantiles
        assert [value for _, value in found] == expected


def test_what_is_nearly_nothing_counts_as_nothing() -> None:
    assert quantiles.quantiles(
        np.bincount(quantiles.bins_of(np.array([1e-12]))).tolist(), [0.5]
    ) == [0.0]
