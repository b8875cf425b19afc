from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from moderation.records.csv_rows import csv_rows
from moderation.records.rows import BadRow, RawRow
from schemas.codes import Code

HEADER = b"id,text\r\n"


def read(data: bytes, *, max_row_bytes: int = 10_000) -> list[RawRow | BadRow]:
    return list(csv_rows(io.BytesIO(data), "f.csv", max_row_bytes=max_row_bytes))


_cell = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=30
)


@given(st.lists(st.tuples(st.from_regex(r"[0-9]{1,19}", fullmatch=True), _cell), max_size=20))
def test_what_a_csv_writer_wrote_is_read_back(rows: list[tuple[str, str]]) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "text"])
    writer.writerows(rows)
    found = read(buffer.getvalue().encode())
    assert all(isinstance(row, RawRow) for row in found)
    assert [(row.fields["id"], row.fields["text"]) for row in found] == rows  # type: ignore[union-attr]


def test_newlines_inside_quotes_stay_in_the_cell_and_rows_are_counted_as_records() -> None:
    rows = read(HEADER + b'1,"two\r\nlines"\r\n2,one\r\n')
    assert [(row.row, row.fields["text"]) for row in rows if isinstance(row, RawRow)] == [
        (1, "two\r\nlines"),
        (2, "one"),
    ]


def test_a_cell_too_few_bad_quoting_and_bad_bytes_each_cost_one_row() -> None:
    rows = read(HEADER + b'1\r\n2,"a"b\r\n3,\xff\xfe\r\n4,fine\r\n')
    assert [getattr(row, "code", None) for row in rows] == [
        Code.INVALID_CSV,
        Code.INVALID_CSV,
        Code.INVALID_CSV,
        None,
    ]
    assert [row.row for row in rows] == [1, 2, 3, 4]


def test_an_open_quote_swallows_no_more_than_the_row_cap() -> None:
    good = b"".join(b"%d,fine\r\n" % index for index in range(100))
    rows = read(HEADER + b'0,"never closed\r\n' + good, max_row_bytes=200)
    assert isinstance(rows[0], BadRow)
    assert rows[0].code is Code.ROW_TOO_LARGE
    assert sum(isinstance(row, RawRow) for row in rows) > 70


def test_a_quote_open_at_the_end_is_a_bad_row_not_a_lost_one() -> None:
    rows = read(HEADER + b'1,"open')
    assert [type(row) for row in rows] == [BadRow]


def test_a_header_that_repeats_a_column_is_a_file_that_cannot_be_read() -> None:
    [problem] = read(b"id,id\r\n1,2\r\n")
    assert isinstance(problem, BadRow)
    assert (problem.row, problem.code) == (None, Code.UNREADABLE_FILE)
    assert "repeats columns" in problem.message
