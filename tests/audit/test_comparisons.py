from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from moderation.audit.comparisons import fisher, holm

sizes = st.integers(1, 400)


@given(sizes, sizes, st.data())
def test_fishers_test_is_scipys(of: int, rest_of: int, data: st.DataObject) -> None:
    hits, rest_hits = data.draw(st.integers(0, of)), data.draw(st.integers(0, rest_of))
    table = [[hits, of - hits], [rest_hits, rest_of - rest_hits]]
    expected = float(fisher_exact(table).pvalue)
    assert fisher(hits, of, rest_hits, rest_of) == pytest.approx(expected, rel=1e-6, abs=1e-13)


@pytest.mark.parametrize(
    "table", [(1_100, 90_000, 9_000, 900_000), (30, 1_000, 29_000, 999_000), (0, 50, 3, 999_950)]
)
def test_a_million_items_give_scipys_p(table: tuple[int, int, int, int]) -> None:
    hits, of, rest, rest_of = table
    expected = float(fisher_exact([[hits, of - hits], [rest, rest_of - rest]]).pvalue)
    assert fisher(*table) == pytest.approx(expected, rel=1e-6)


def test_what_is_beyond_all_doubt_is_nothing_and_what_cannot_differ_is_one() -> None:
    assert fisher(50_000, 50_000, 0, 950_000) == 0.0
    assert fisher(0, 10, 0, 90) == fisher(10, 10, 90, 90) == 1.0


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holms_correction_rejects_what_his_procedure_does(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    for level in (0.01, 0.05, 0.3):
        rejected = 0
        for rank, p in enumerate(sorted(p_values)):
            if p * (len(p_values) - rank) > level:
                break
            rejected += 1
        assert sum(p <= level for p in adjusted) == rejected
