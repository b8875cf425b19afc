from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from moderation.records.ids import MAX_ITEM_ID_CHARS, BadId, id_of, made_id
from schemas.codes import Code


@pytest.mark.parametrize(
    "given", [7, 7.0, "7", "7.0", " 7 ", "7\n", "\u00a07", Decimal(7), Decimal("7.000")]
)
def test_one_id_has_one_text_however_a_table_wrote_it(given: Any) -> None:
    assert id_of({"id": given}, "id") == "7"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (1357336804240707588, "1357336804240707588"),
        (Decimal("1357336804240707588"), "1357336804240707588"),
        ("v1.10", "v1.10"),
        ("1.00", "1.00"),
        ("007", "007"),
        ("a b", "a b"),
        (-0.0, "0"),
    ],
)
def test_digits_and_signs_that_matter_stay(given: Any, text: str) -> None:
    assert id_of({"id": given}, "id") == text


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (None, Code.MISSING_FIELD),
        ("", Code.MISSING_FIELD),
        ("  ", Code.MISSING_FIELD),
        (float("nan"), Code.MISSING_FIELD),
        (True, Code.WRONG_TYPE),
        (1.5, Code.WRONG_TYPE),
        (1.5e18, Code.WRONG_TYPE),
        (float("inf"), Code.WRONG_TYPE),
        (Decimal("1.5"), Code.WRONG_TYPE),
        (["7"], Code.WRONG_TYPE),
        ("x" * 257, Code.INVALID_VALUE),
        (10**300, Code.INVALID_VALUE),
    ],
)
def test_what_is_no_id_says_what_is_wrong(given: Any, code: Code) -> None:
    with pytest.raises(BadId, match="'key'") as refused:
        id_of({"key": given}, "key")
    assert refused.value.code is code


def test_an_item_id_may_hold_two_ids() -> None:
    both = f"{'a' * 256}:{'b' * 256}"
    assert id_of({"item_id": both}, "item_id", max_chars=MAX_ITEM_ID_CHARS) == both


def test_made_ids_tell_files_of_one_name_apart_and_fit_the_limit() -> None:
    days = [made_id(f"/in/{day}/posts.csv", row) for day in ("day1", "day2") for row in (1, 2)]
    assert len(set(days)) == 4
    assert days[0] == made_id("/in/day1/posts.csv", 1)
    assert days[0].startswith("posts.csv:")
    assert id_of({"id": made_id(f"/in/{'n' * 250}.csv", 10**9)}, "id").endswith(":1000000000")
