from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from moderation.audit.tally import Tally

_facts = st.lists(
    st.tuples(
        st.sampled_from(["account", "flag"]), st.sampled_from(["a", "b"]), st.integers(0, 99)
    ),
    max_size=30,
)


def tally_of(facts: list[tuple[str, str, int]]) -> Tally:
    tally = Tally()
    for family, name, number in facts:
        tally.add(family, name, rows=number)
        tally.example("read", name, ("f", number, "", "why"))
        tally.vector("bins", family, size=100)[number] += 1
    return tally


@given(_facts, _facts, _facts)
def test_tallies_add_up_the_same_in_any_order_and_grouping(
    a: list[tuple[str, str, int]], b: list[tuple[str, str, int]], c: list[tuple[str, str, int]]
) -> None:
    whole = tally_of(a + b + c)
    parts = Tally()
    for part in (c, a, b):
        parts.merge(pickle.loads(pickle.dumps(tally_of(part))))
    assert parts == whole
    assert all(len(examples) <= 3 for examples in whole.examples.values())


def test_a_family_is_read_under_what_follows_its_name() -> None:
    tally = Tally()
    tally.add("decision", "meme", "flag", rows=2)
    tally.add("kind", "meme", rows=2)
    assert tally.family("decision") == {("meme", "flag"): 2}
    assert tally.of("kind") == {"meme": 2}


def test_rows_of_counts_are_read_under_what_follows_their_family() -> None:
    tally = Tally()
    tally.vector("bins", "a", size=3)[1] += 2
    tally.merge(tally_of([("flag", "b", 7)]))
    assert tally.vectors_of("bins", "a") == {(): [0, 2, 0]}
    assert sum(tally.vectors_of("bins")["flag",]) == 1
