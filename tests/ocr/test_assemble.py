"""From lines to a text: what is one, and in which order it is read."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.ocr.assemble import reading_of
from moderation.ocr.order import in_reading_order
from moderation.ocr.types import Ending, Line


def line(
    text: str,
    left: float,
    top: float,
    *,
    width: float = 300,
    height: float = 20,
    score: float = 0.99,
) -> Line:
    return Line(text, score, left, top, left + width, top + height)


def read(*lines: Line) -> list[str] | None:
    text = reading_of(lines, width=700, height=600).text
    return text.split("\n") if text else None


LEFT = [line(f"left {row}", 10, 100 + 25 * row) for row in range(3)]
RIGHT = [line(f"right {row}", 340, 100 + 25 * row) for row in range(3)]
TITLE, FOOT = line("a title over both", 10, 10, width=650), line("a line below", 10, 400, width=650)
IN_ORDER = ["left 0", "left 1", "left 2", "right 0", "right 1", "right 2"]


def test_two_columns_are_read_one_after_the_other() -> None:
    across = [line for pair in zip(LEFT, RIGHT, strict=True) for line in pair]
    assert read(*across) == IN_ORDER
    assert read(FOOT, *across, TITLE) == ["a title over both", *IN_ORDER, "a line below"]


def test_columns_whose_lines_stand_at_other_heights_do_not_interleave() -> None:
    lower = [line(each.text, each.left, each.top + 12) for each in RIGHT]
    assert read(*LEFT, *lower) == IN_ORDER


def test_parts_of_one_line_stay_one_line_and_steps_are_no_columns() -> None:
    assert read(line("VERSUS", 200, 12), line("JOE", 10, 10, width=100)) == ["JOE VERSUS"]
    steps = [line("first on the right", 400, 10), line("then on the left", 10, 60)]
    assert read(*steps, line("and below", 10, 110)) == [
        "first on the right",
        "then on the left",
        "and below",
    ]


def test_lines_are_read_from_the_top_whatever_order_they_came_in() -> None:
    assert read(FOOT, TITLE) == ["a title over both", "a line below"]


BOXES = st.lists(
    st.tuples(*[st.integers(0, 200)] * 2, st.integers(1, 150), st.integers(1, 40)), max_size=12
)


@given(BOXES)
def test_no_line_is_lost_or_read_twice(boxes: list[tuple[int, int, int, int]]) -> None:
    lines = [
        line(str(number), left, top, width=width, height=height)
        for number, (left, top, width, height) in enumerate(boxes)
    ]
    ordered = [each.text for row in in_reading_order(lines) for each in row]
    assert Counter(ordered) == Counter(each.text for each in lines)


@pytest.mark.parametrize(
    "invented",
    [
        line("0", 10, 10, score=0.9),
        line("9 8", 10, 10, height=260, score=0.99),
        line("a longer line that is unsure", 10, 10, score=0.7),
        line("△ — ·", 10, 10),
        line("7", 10, 10),
    ],
    ids=["unsure and short", "short and huge", "unsure", "no letter", "too little in all"],
)
def test_what_readers_see_in_photographs_is_no_text(invented: Line) -> None:
    reading = reading_of([invented], width=700, height=600)
    assert (reading.ending, reading.text) == (Ending.EMPTY, None)


def test_a_short_line_that_is_sure_is_text_beside_others() -> None:
    assert read(line("OK", 10, 10), line("BOOMER", 10, 60)) == ["OK", "BOOMER"]


def test_nothing_found_is_none_and_the_least_sure_line_gives_the_score() -> None:
    assert reading_of([], width=9, height=9).text is None
    both = [line("one line", 10, 10, score=0.9), line("another", 10, 60, score=0.95)]
    assert reading_of(both, width=700, height=600).score == 0.9
