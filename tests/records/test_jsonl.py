from __future__ import annotations

import io
import json

import pytest

from moderation.records.jsonl import jsonl_rows
from moderation.records.rows import BadRow, RawRow
from schemas.codes import Code


def read(data: bytes, *, max_row_bytes: int = 10_000) -> list[RawRow | BadRow]:
    return list(jsonl_rows(io.BytesIO(data), "f.jsonl", max_row_bytes=max_row_bytes))


def test_rows_are_numbered_by_line_and_blank_lines_are_no_rows() -> None:
    rows = read(b'{"a":1}\n\n  \r\n{"a":2}\r\n')
    assert [(row.row, row.fields["a"]) for row in rows if isinstance(row, RawRow)] == [
        (1, 1),
        (4, 2),
    ]


def test_ids_keep_every_digit() -> None:
    number = 135712030620112486412345678901
    [row] = read(json.dumps({"id": number}).encode())
    assert isinstance(row, RawRow)
    assert row.fields["id"] == number


def test_a_byte_order_mark_is_no_part_of_the_first_row() -> None:
    [row] = read(b'\xef\xbb\xbf{"a":1}')
    assert isinstance(row, RawRow)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"a": ', Code.INVALID_JSON),
        (b"[1, 2]", Code.INVALID_JSON),
        (b'{"a": nan}', Code.INVALID_JSON),
        (b'{"a": "\xff"}', Code.INVALID_JSON),
        (b'{"a":' * 100_000, Code.TOO_DEEP),
        (b"[" * 5_000 + b"]" * 5_000, Code.TOO_DEEP),
        (b'{"a": "' + b"x" * 10_000 + b'"}', Code.ROW_TOO_LARGE),
    ],
)
def test_a_bad_line_costs_one_row_and_says_which(line: bytes, code: Code) -> None:
    limit = 10_000 if code is Code.ROW_TOO_LARGE else 10**6
    before, bad, after = read(b'{"a":1}\n' + line + b'\n{"a":2}\n', max_row_bytes=limit)
    assert isinstance(before, RawRow)
    assert isinstance(after, RawRow)
    assert isinstance(bad, BadRow)
    assert (bad.row, bad.code) == (2, code)
    assert bad.raw is not None
    assert len(bad.raw) < 5_000


def test_what_python_writes_beside_json_is_null_or_a_replacement_not_a_lost_row() -> None:
    line = b'{"score": NaN, "far": [-Infinity, 1], "text": "so happy \\ud83d", "n": 7}'
    [row] = read(line)
    assert isinstance(row, RawRow)
    assert row.fields == {"score": None, "far": [None, 1], "text": "so happy \ufffd", "n": 7}
