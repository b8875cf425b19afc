from __future__ import annotations

from collections import Counter

import pytest

from moderation.audit.tally import Tally
from moderation.exports.agreement import agreement_by_task, count_votes
from schemas.export import Agreement

PUBLISHED = (
    "1233 2141 2...",
    "1233 2241 25.3",
    ".333 2342 251.",
    "1233 2441 251.",
)
"""Example C of K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011).

Four observers, twelve units, dots where there is no value; the nominal alpha there is 0.743.
"""


def agreement(*items: dict[str, int], task: str = "hateful") -> list[Agreement]:
    tally = Tally()
    for votes in items:
        count_votes(tally, task, votes)
    return agreement_by_task(tally)


def test_alpha_is_that_of_the_published_example() -> None:
    observers = [line.replace(" ", "") for line in PUBLISHED]
    units = [Counter("".join(values).replace(".", "")) for values in zip(*observers, strict=False)]
    [found] = agreement(*units)
    assert found.krippendorff_alpha == pytest.approx(0.743, abs=0.0005)


def test_items_of_one_reviewer_do_not_enter() -> None:
    pairs: list[dict[str, int]] = [{"0": 2}, {"1": 2}, {"0": 1, "1": 1}]
    [with_singles] = agreement(*pairs, {"1": 1}, {"0": 1}, {"0": 1})
    assert [with_singles] == agreement(*pairs)
    assert (with_singles.items, with_singles.decisions, with_singles.unanimous) == (3, 6, 2)


def test_perfect_agreement_on_two_labels_is_one() -> None:
    [found] = agreement({"0": 2}, {"1": 3})
    assert found.krippendorff_alpha == 1.0


def test_one_label_throughout_says_nothing() -> None:
    [found] = agreement({"0": 2}, {"0": 2})
    assert found.krippendorff_alpha is None


def test_no_item_of_two_reviewers_is_no_agreement() -> None:
    assert agreement({"0": 1}, {"1": 1}) == []


def test_tallies_of_several_workers_add_up() -> None:
    one, other, both = Tally(), Tally(), Tally()
    for tally, votes in ((one, {"0": 2}), (other, {"0": 1, "1": 2}), (other, {"1": 2})):
        count_votes(tally, "t", votes)
        count_votes(both, "t", votes)
    one.merge(other)
    assert agreement_by_task(one) == agreement_by_task(both)
