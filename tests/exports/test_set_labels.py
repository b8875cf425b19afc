"""The order of a set's labels: one for all files, whatever rows they have."""

from __future__ import annotations

import pytest

from moderation.exports.set_labels import CollectSetLabels, label_numbers
from moderation.storage.packing import Pack
from schemas.records import Kind

MEME, PAIR = Kind.MEME, Kind.TWEET_PAIR


def collected(rows: list[tuple[Kind, list[str]]], *several: Kind) -> dict[str, tuple[str, ...]]:
    """In two packs that meet the other way round."""
    packs = [Pack.of([{"kind": kind.value, "labels": names} for kind, names in rows[n::2]])
             for n in (1, 0)]  # fmt: skip
    combine = CollectSetLabels(frozenset(several))
    parts = [combine.add_input(combine.create_accumulator(), (0, pack)) for pack in packs]
    return combine.extract_output(combine.merge_accumulators(parts))


def test_the_contracts_order_holds_where_all_labels_are_the_contracts() -> None:
    pairs = (PAIR, ["NoEntailment", "Contradictory", "Implies"])
    assert collected([pairs, (MEME, ["1", "0"])]) == {
        "meme": ("0", "1"),
        "tweet_pair": ("Contradictory", "Implies", "NoEntailment"),
    }


def test_other_labels_are_sorted_and_the_positive_one_of_two_is_the_second() -> None:
    assert collected([(PAIR, ["yes_spam", "no_spam"])]) == {"tweet_pair": ("no_spam", "yes_spam")}
    runs = [(PAIR, ["b", "a", "c"]), (PAIR, ["d", "a"])]
    assert collected(runs) == {"tweet_pair": ("a", "b", "c", "d")}
    one_of_the_contracts = [(PAIR, ["Other", "Implies", "Third"])]
    assert collected(one_of_the_contracts) == {"tweet_pair": ("Implies", "Other", "Third")}


def test_a_label_of_another_spelling_has_the_same_number_and_a_strange_one_none() -> None:
    names = ("no spam", "spam")
    assert label_numbers("No_Spam", names, PAIR) == [0]
    assert label_numbers(["c", "a"], ("a", "b", "c"), MEME) == [0, 2]
    with pytest.raises(ValueError, match="are not all among"):
        label_numbers("ham", ("a", "b", "c"), PAIR)
