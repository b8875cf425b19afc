"""A text with the groups it names swapped for others."""

from __future__ import annotations

from random import Random

from workshop.starter.group_swaps import swap_groups


def test_swapping_changes_the_group_everywhere_alike_and_nothing_else() -> None:
    swapped = swap_groups("Women are great. I like women, and tea.", Random(4))
    group = swapped.split(" are great")[0]
    assert group != "Women"
    assert swapped == f"{group} are great. I like {group}, and tea."


def test_a_word_that_only_holds_a_group_is_left_alone() -> None:
    text = "The omen of Manchester, a jewel of womenswear"
    assert swap_groups(text, Random(0)) == text
