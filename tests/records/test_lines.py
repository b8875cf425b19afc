from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from moderation.records.lines import bounded_lines


@given(st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\n", b" ")), max_size=30))
def test_lines_come_out_as_they_went_in(lines: list[bytes]) -> None:
    stream = io.BytesIO(b"".join(line + b"\n" for line in lines))
    assert [line for line, _ in bounded_lines(stream, max_line_bytes=100)] == lines


def test_a_line_over_the_cap_is_cut_and_the_next_ones_are_whole() -> None:
    stream = io.BytesIO(b"short\n" + b"x" * 5_000_000 + b"\nlast")
    found = list(bounded_lines(stream, max_line_bytes=10))
    assert found == [(b"short", True), (b"x" * 10, False), (b"last", True)]


def test_reading_stops_where_it_is_told() -> None:
    stream = io.BytesIO(b"one\ntwo\nthree\n")
    assert [line for line, _ in bounded_lines(stream, max_line_bytes=9, stop=8)] == [b"one", b"two"]
