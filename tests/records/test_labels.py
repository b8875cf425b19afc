from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from moderation.records.labels import (
    commonest_spellings,
    in_order,
    is_no_label,
    label_text,
    labels_text,
    place_of,
)
from schemas.records import ENTAILMENT_LABELS


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (1, "1"),
        (1.0, "1"),
        ("1.0", "1"),
        (Decimal("1.000"), "1"),
        (True, "1"),
        (" hateful ", "hateful"),
        ("TRUE", "TRUE"),
        ("1.5", "1.5"),
        (None, None),
        (float("nan"), None),
        (" ", None),
        (b"x", None),
    ],
)
def test_a_label_is_a_text_without_what_tables_do_to_it(given: Any, text: str | None) -> None:
    assert label_text(given) == text


@pytest.mark.parametrize("text", ["nan", "NaN", "null", "None", "<NA>", ""])
def test_gaps_of_tables_are_no_labels(text: str) -> None:
    assert is_no_label(text)


@pytest.mark.parametrize(
    ("label", "place"),
    [
        ("Contradictory", 0),
        (" CONTRADICTORY ", 0),
        ("implies", 1),
        ("no_entailment", 2),
        ("No Entailment", 2),
        ("entailment", None),
        ("noentailment", 2),
        ("1", None),
        ("true", None),
    ],
)
def test_of_three_labels_case_and_blanks_do_not_matter(label: str, place: int | None) -> None:
    assert place_of(label, ENTAILMENT_LABELS) == place


@pytest.mark.parametrize("names", [("not_hateful", "hateful"), ("hateful", "not_hateful")])
def test_of_two_labels_a_yes_is_the_positive_one_in_either_order(names: tuple[str, str]) -> None:
    yes, no = names.index("hateful"), names.index("not_hateful")
    for label in ("1", "1.0", "True", "yes", "HATEFUL"):
        assert place_of(label, names, "hateful") == yes
    for label in ("0", "0.0", "FALSE", "no", "Not hateful", "not-hateful"):
        assert place_of(label, names, "hateful") == no
    assert place_of("perhaps", names, "hateful") is None
    assert place_of("-1", names) is None


def test_of_a_yes_and_a_no_the_task_is_the_yes() -> None:
    for names in (("0", "1"), ("1", "0")):
        assert place_of("hateful", names, "hateful") == names.index("1")
        assert place_of("not_hateful", names, "hateful") == names.index("0")
        assert place_of("spam", names, "hateful") is None


@pytest.mark.parametrize(
    ("label", "names", "place"),
    [
        ("non-hateful", ("hateful", "not_hateful"), 1),
        ("NON_HATEFUL", ("not_hateful", "hateful"), 0),
        ("not hateful", ("hateful", "normal"), 1),
        ("not_safe", ("safe", "unsafe"), 1),
        ("nothateful", ("not_hateful", "hateful"), 0),
        ("not_spam", ("hateful", "normal"), None),
        ("no", ("hateful", "normal"), 1),
    ],
)
def test_what_is_not_the_one_of_two_labels_is_the_other(
    label: str, names: tuple[str, str], place: int | None
) -> None:
    assert place_of(label, names, "hateful") == place


def test_two_labels_that_do_not_exclude_each_other_are_no_yes_and_no() -> None:
    assert place_of("1", ("slur", "threat"), yes_or_no=False) is None


def test_the_very_name_comes_before_another_spelling_of_it() -> None:
    assert place_of("us", ("US", "us")) == 1
    assert place_of("Us", ("US", "us")) is None
    assert place_of("C", ("C", "C++", "C#")) == 0


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (["a", 1.0], ["a", "1"]),
        ('["a", "b"]', ["a", "b"]),
        ("a| b ", ["a", "b"]),
        ("|", []),
        ([], []),
        ("nan", None),
        (None, None),
        (["a", None], ["a", ""]),
    ],
)
def test_several_labels_come_as_lists_arrays_and_texts(given: Any, names: Any) -> None:
    assert labels_text(given) == names


def test_labels_are_put_in_order_under_their_commonest_spelling() -> None:
    assert commonest_spellings({"Spam": 1, "spam": 3, "HAM": 2, "ham": 2}) == ["HAM", "spam"]
    assert in_order(["hate", "not_hate"]) == ("not_hate", "hate")
    assert in_order(["b", "a"]) == ("a", "b")
    assert in_order(["fake", "real"], "fake") == ("real", "fake")
