from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.records.json_values import holds_values, json_value_rows
from moderation.records.rows import BadRow, RawRow
from schemas.codes import Code


class Dripping(io.BytesIO):
    """A stream that gives a few bytes at a time, as a compressed file may."""

    def __init__(self, data: bytes, drop: int) -> None:
        super().__init__(data)
        self._drop = drop

    def read1(self, size: int | None = -1, /) -> bytes:
        return self.read(self._drop)


def read(data: bytes, *, drop: int = 1 << 20, max_row_bytes: int = 10_000) -> list[RawRow | BadRow]:
    return list(json_value_rows(Dripping(data, drop), "f.json", max_row_bytes=max_row_bytes))


_objects = st.lists(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
            max_leaves=5,
        ),
        max_size=4,
    ),
    max_size=8,
)


@given(_objects, st.integers(1, 9), st.sampled_from([None, 2]), st.booleans())
def test_an_array_or_objects_over_lines_are_read_whatever_the_blocks(
    objects: list[dict[str, Any]], drop: int, indent: int | None, array: bool
) -> None:
    texts = [json.dumps(each, indent=indent) for each in objects]
    text = json.dumps(objects, indent=indent) if array else "\n".join(texts)
    rows = read(text.encode(), drop=drop)
    assert [(row.row, row.fields) for row in rows if isinstance(row, RawRow)] == [
        *enumerate(objects, start=1)
    ]
    assert len(rows) == len(objects)


def test_arrays_of_one_line_each_follow_each_other() -> None:
    rows = read(b'[{"n":1},{"n":2}]\n[{"n":3}]\n')
    assert [row.fields["n"] for row in rows if isinstance(row, RawRow)] == [1, 2, 3]


def test_a_bad_element_costs_one_row_and_an_open_quote_its_line() -> None:
    rows = read(b'[\n{"n":1},\n{"n":},\n7,\n{"n":"open},\n{"n":5}\n]')
    assert [type(row) for row in rows[:3]] == [RawRow, BadRow, BadRow]
    assert isinstance(rows[-1], BadRow | RawRow)
    assert {row.code for row in rows if isinstance(row, BadRow)} <= {
        Code.INVALID_JSON,
        Code.UNREADABLE_FILE,
    }


def test_an_element_over_the_cap_is_passed_over_without_being_held() -> None:
    big = json.dumps({"n": "x" * 5_000 + '"]}'}).encode()
    rows = read(b'[{"n":1},' + big + b',{"n":3}]', drop=64, max_row_bytes=200)
    assert [getattr(row, "code", None) for row in rows] == [None, Code.ROW_TOO_LARGE, None]
    assert isinstance(rows[1], BadRow)
    assert len(rows[1].raw or "") <= 200


@pytest.mark.parametrize("tail", [b"", b',{"n":2', b","])
def test_an_array_that_breaks_off_says_so_behind_its_last_row(tail: bytes) -> None:
    good, problem = read(b'[{"n":1}' + (tail or b","))
    assert isinstance(good, RawRow)
    assert isinstance(problem, BadRow)
    assert (problem.row, problem.code, problem.lost) == (None, Code.UNREADABLE_FILE, None)
    assert "after element 1" in problem.message


@pytest.mark.parametrize(
    ("head", "values"),
    [
        (b'[{"a":1}]', True),
        (b"\xef\xbb\xbf\n [\n", True),
        (b'{\n  "a": 1\n}', True),
        (b'{"a":1}\n', False),
        (b'{"a":\n', False),
        (b'{"a":1}{"a":2}\n', True),
        (b'{"a":"}{"} {"a":2}', True),
        (b'{"a":1},\n{"a":2}\n', True),
        (b'{"a":1} what?\n', False),
    ],
)
def test_json_lines_are_told_from_other_json_by_their_begin(head: bytes, values: bool) -> None:
    assert holds_values(head) is values
