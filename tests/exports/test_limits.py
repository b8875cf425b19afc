from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from moderation.exports.limits import AtMost, Balanced, rank_of, stays

GROUPS = st.dictionaries(
    st.sampled_from(["meme/0", "meme/1", "tweet_pair/Implies"]),
    st.lists(st.integers(0, 2**64 - 1), max_size=12),
)


def combined(combine: AtMost | Balanced, batches: list[dict[str, list[int]]]) -> dict[str, int]:
    """As an engine would: every batch on a worker of its own, then all together."""
    workers = [combine.add_input(combine.create_accumulator(), batch) for batch in batches]
    return combine.extract_output(combine.merge_accumulators(workers))


def kept(batches: list[dict[str, list[int]]], highest: dict[str, int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for batch in batches:
        for group, ranks in batch.items():
            found.setdefault(group, []).extend(r for r in ranks if stays(highest, group, r))
    return {group: sorted(ranks) for group, ranks in found.items()}


def distinct(batches: list[dict[str, list[int]]]) -> list[dict[str, list[int]]]:
    seen: set[int] = set()
    return [
        {g: [r for r in ranks if not (r in seen or seen.add(r))] for g, ranks in batch.items()}  # type: ignore[func-returns-value]
        for batch in batches
    ]


@given(st.lists(GROUPS, max_size=4), st.integers(1, 5))
def test_a_group_keeps_exactly_its_lowest_ranks(
    batches: list[dict[str, list[int]]], rows: int
) -> None:
    batches = distinct(batches)
    whole = kept(batches, {})
    found = kept(batches, combined(AtMost(rows), batches))
    assert found == {group: ranks[:rows] for group, ranks in whole.items()}


@given(st.lists(GROUPS, min_size=1, max_size=4))
def test_balancing_leaves_every_label_of_a_kind_as_many_rows_as_the_rarest(
    batches: list[dict[str, list[int]]],
) -> None:
    batches = distinct(batches)
    whole = {group: ranks for group, ranks in kept(batches, {}).items() if ranks}
    present = [{g: r for g, r in batch.items() if g in whole and r} for batch in batches]
    found = kept(present, combined(Balanced(), present))
    smallest = {
        kind: min(len(ranks) for group, ranks in whole.items() if group.startswith(kind))
        for kind in {group.split("/")[0] for group in whole}
    }
    assert found == {g: ranks[: smallest[g.split("/")[0]]] for g, ranks in whole.items()}


def test_reviewed_rows_stand_before_pseudo_labelled_ones() -> None:
    ranks = [rank_of(str(n), pseudo=False) for n in range(500)]
    pseudo = [rank_of(str(n), pseudo=True) for n in range(500)]
    assert max(ranks) < min(pseudo)
    assert max(Counter(ranks).values()) == 1
