from __future__ import annotations

import pytest

from moderation.records.positive import named_positive, positive_place


@pytest.mark.parametrize(
    ("positive", "other"),
    [
        ("hateful", "not_hateful"),
        ("Hateful", "not hateful"),
        ("Hateful", "NotHateful"),
        ("hate", "nothate"),
        ("hate", "no-hate"),
        ("toxic", "non-toxic"),
        ("toxic", "nontoxic"),
        ("is_hateful", "is_not_hateful"),
        ("hate speech", "not hate"),
        ("hate", "hate-free"),
        ("1", "0"),
        ("1", "-1"),
        ("TRUE", "FALSE"),
        ("yes", "no"),
        ("LABEL_1", "LABEL_0"),
        ("hate_yes", "hate_no"),
        ("OFF", "NOT"),
        ("offensive", "none"),
        ("spam", "ham"),
        ("unsafe", "safe"),
        ("not_safe", "safe"),
        ("nsfw", "clean"),
    ],
)
def test_a_name_tells_the_positive_label_in_either_order(positive: str, other: str) -> None:
    assert named_positive((positive, other)) == 0
    assert named_positive((other, positive)) == 1


def test_the_label_named_after_the_task_is_the_positive_one() -> None:
    assert named_positive(("safe", "unsafe"), "safe") == 0
    assert named_positive(("fake", "real"), "fake") == 0
    assert named_positive(("real", "fake"), "fake") == 1


def test_where_no_name_tells_the_second_is() -> None:
    assert named_positive(("cats", "dogs")) is None
    assert positive_place(("cats", "dogs")) == 1
    assert positive_place(("dogs", "cats")) == 1
    assert named_positive(("a", "not_a", "b")) is None
