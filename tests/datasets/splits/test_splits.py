from __future__ import annotations

import random
from collections import Counter

import pytest

from moderation.datasets.splits.rules import Splits, Stratify, bounds, by_column, place_large
from moderation.datasets.splits.shares import SplitError, parse_splits

SPLITS = Splits(parse_splits("train=0.8,val=0.1,test=0.1"), seed=7)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("train=0.5,test=0.4", "add up to 0.9"),
        ("train", "write NAME=SHARE"),
        ("a/b=1", "write NAME=SHARE"),
        ("train=x", "no number"),
        ("a=0.5,a=0.5", "named twice"),
        ("a=1.5,b=-0.5", "between 0 and 1"),
    ],
)
def test_wrong_shares_are_told(text: str, words: str) -> None:
    with pytest.raises(SplitError, match=words):
        parse_splits(text)


def test_the_hash_keeps_the_shares_and_depends_on_the_seed() -> None:
    rng = random.Random(0)
    nodes = [rng.getrandbits(64) for _ in range(20_000)]
    found = Counter(map(SPLITS.by_hash, nodes))
    assert found["train"] / 20_000 == pytest.approx(0.8, abs=0.01)
    assert found["test"] / 20_000 == pytest.approx(0.1, abs=0.01)
    other = Splits(SPLITS.shares, seed=8)
    assert any(SPLITS.by_hash(node) != other.by_hash(node) for node in nodes[:100])


def test_large_groups_go_where_there_is_room_and_small_ones_to_chance() -> None:
    groups = [(800, 1), (90, 2), (80, 3), (5, 4)]
    chosen = place_large(groups, 1_000, SPLITS)
    assert chosen[1] == "train"
    assert {chosen[2], chosen[3]} == {"val", "test"}
    assert 4 not in chosen


def test_strata_get_their_shares_in_any_order_of_the_groups() -> None:
    rng = random.Random(3)
    groups = [
        (rng.getrandbits(64), Counter({f"meme:{int(rng.random() < 0.1)}": rng.choice((1, 1, 2))}))
        for _ in range(5_000)
    ]
    combine = Stratify(SPLITS)

    def strata(some: list[tuple[int, Counter[str]]], parts: int) -> object:
        held = []
        for part in range(parts):
            accumulator = combine.create_accumulator()
            for group in some[part::parts]:
                accumulator = combine.add_input(accumulator, group)
            held.append(accumulator)
        return combine.extract_output(combine.merge_accumulators(held))

    found = strata(groups, 3)
    assert found == strata(rng.sample(groups, len(groups)), 7)
    assert isinstance(found, dict)
    for name, stratum in found.items():
        rows = Counter[str]()
        for root, votes in groups:
            if name in votes:
                rows[SPLITS.by_hash(root, stratum.bounds)] += votes.total()
        assert rows["train"] / rows.total() == pytest.approx(0.8, abs=0.01)
        assert rows["test"] / rows.total() == pytest.approx(0.1, abs=0.01)


def test_bounds_of_one_large_bin_leave_no_gap() -> None:
    assert bounds({10: 100}, SPLITS)[-1] == 1.0
    assert list(bounds({10: 100}, SPLITS)) == sorted(bounds({10: 100}, SPLITS))


def test_a_column_s_majority_wins_and_a_tie_goes_to_the_later_split() -> None:
    assert by_column((1, Counter(train=3, test=2)), SPLITS) == (1, "train")
    assert by_column((1, Counter(train=2, test=2)), SPLITS) == (1, "test")
