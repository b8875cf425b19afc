from __future__ import annotations

import csv
import io

import pytest
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


NUMBERED = [b"%d,text %d,%d.png\r\n" % (n, n, n) for n in range(1, 61)]


@pytest.mark.parametrize("closing", [b"", b'he said "hi"', b'quote at its end"'])
def test_a_stray_quote_costs_its_row_and_reading_goes_on_behind_it(closing: bytes) -> None:
    lines = [*NUMBERED]
    lines[7] = b'8,"never closed,8.png\r\n'
    if closing:
        lines[39] = b"40,%s,40.png\r\n" % closing
    rows = read(b"id,text,img\r\n" + b"".join(lines))
    assert [row.row for row in rows] == [*range(1, 61)]
    [bad] = [row for row in rows if isinstance(row, BadRow)]
    assert (bad.row, bad.code) == (8, Code.INVALID_CSV)
    assert "reading goes on" in bad.message


@pytest.mark.parametrize("rows_within", [1, 2, 40])
@pytest.mark.parametrize("columns", [("id", "text", "img"), ("text", "id", "img")])
def test_a_quote_that_closes_rows_later_costs_its_row_wherever_the_id_stands(
    columns: tuple[str, ...], rows_within: int
) -> None:
    rows = [{"id": f"m{n}", "text": f"text {n}", "img": ""} for n in range(1, 61)]
    if columns[0] == "text":
        rows_within = rows_within + 1
    rows[6]["text"] = '"opened'
    rows[6 + rows_within]["text"] = 'closed"'
    lines = (",".join(row[name] for name in columns) + "\n" for row in rows)
    found = read((",".join(columns) + "\n" + "".join(lines)).encode())
    assert [row.row for row in found if isinstance(row, BadRow)] == [7]
    assert len(found) == 60


@pytest.mark.parametrize(
    "text",
    [
        "a,b,c\nd,e,f\ng,h,i\nj,k,l",
        "it cost\n1,000,000 and more",
        "two\nlines",
        "three\nlines\nof it",
        "\n".join(f"{n}. item {n}" for n in range(300)),
    ],
)
def test_a_text_that_looks_like_a_table_stays_one_text(text: str) -> None:
    for table in (
        f'id,text,img\n7,"{text}",\n8,fine,\n',
        f'text,id,img\n"{text}",7,\nfine,8,\n',
        f'img,id,text\n,7,"{text}"\n,8,fine\n',
    ):
        [row, behind] = read(table.encode())
        assert isinstance(row, RawRow)
        assert row.fields["text"] == text
        assert isinstance(behind, RawRow)


def test_a_stray_quote_among_texts_of_many_lines_costs_one_row_too() -> None:
    lines = [b'%d,"first\nsecond, and\nthird",i.png\r\n' % n for n in range(1, 31)]
    lines[7] = b'8,"never closed,8.png\r\n'
    rows = read(b"id,text,img\r\n" + b"".join(lines))
    assert [row.row for row in rows if isinstance(row, BadRow)] == [8]
    assert len(rows) == 30


def test_a_text_of_many_lines_with_commas_and_quotes_is_one_text() -> None:
    text = "Roses are red, my love\n" * 40 + 'he said ""no"", and left\n' * 40
    [row, behind] = read(HEADER + b'1,"' + text.encode() + b'"\r\n2,fine\r\n')
    assert isinstance(row, RawRow)
    assert row.fields["text"] == text.replace('""', '"')
    assert behind.row == 2


def test_a_long_text_over_the_cap_is_one_bad_row() -> None:
    rows = read(b"id,text,img\r\n1,\"" + b"lorem ipsum\n" * 50 + b'",i.png\r\n2,b,c\r\n',
                max_row_bytes=300)  # fmt: skip
    assert [getattr(row, "code", None) for row in rows] == [Code.ROW_TOO_LARGE, None]


@pytest.mark.parametrize(
    "data",
    [
        b"id;text;img\n1;a, b;c\n",
        b"id\ttext\timg\n1\ta, b\tc\n",
        b"id|text|img\n1|a, b|c\n",
        b"sep=;\r\nid;text;img\r\n1;a, b;c\r\n",
        b'\xef\xbb\xbfid, text, img\n1, "a, b", c\n',
        b"id;text, of the post;text;img\n1;;a, b;c\n",
    ],
)
def test_the_separator_is_told_by_the_header(data: bytes) -> None:
    [row] = read(data)
    assert isinstance(row, RawRow)
    assert {name: row.fields[name] for name in ("id", "text", "img")} == {
        "id": "1", "text": "a, b", "img": "c",
    }  # fmt: skip


def test_a_guessed_separator_must_fit_the_rows_and_a_named_one_need_not() -> None:
    rows = b"key;text\n1;fine\n2;yes; no\n"
    [problem] = read(rows)
    assert isinstance(problem, BadRow)
    assert (problem.row, problem.code) == (None, Code.UNREADABLE_FILE)
    assert "sep=;" in problem.message
    assert [type(row) for row in read(b"sep=;\n" + rows)] == [RawRow, BadRow]


def test_known_names_bear_a_separator_out_only_where_most_rows_fit() -> None:
    header, fits, does_not = b"id;img;label;text\r\n", b"1;;0;plain\r\n", b"2;;1;yes; no\r\n"
    [problem] = read(header + fits + does_not)
    assert isinstance(problem, BadRow)
    assert "only 1 of the first 2 rows" in problem.message
    assert [type(row) for row in read(header + fits * 2 + does_not)] == [RawRow, RawRow, BadRow]


@pytest.mark.parametrize("header", [b"id;text;img\n", b"key;text;pic\n"])
def test_a_stray_quote_among_the_first_rows_does_not_refuse_a_guessed_separator(
    header: bytes,
) -> None:
    lines = [line.replace(b",", b";") for line in NUMBERED]
    lines[3] = b'4;"never closed;4.png\r\n'
    rows = read(header + b"".join(lines))
    assert [row.row for row in rows if isinstance(row, BadRow)] == [4]
    assert len(rows) == 60


def test_a_name_that_speaks_of_tabs_and_a_line_that_names_them_are_heeded() -> None:
    [commas] = csv_rows(io.BytesIO(b"id,text\n1,a\n"), "f.tsv", max_row_bytes=1000)
    [named] = read(b"sep=\\t\nid\ttext\n1\ta\n")
    assert isinstance(commas, RawRow)
    assert isinstance(named, RawRow)
    assert commas.fields == named.fields == {"id": "1", "text": "a"}


def test_a_file_called_tsv_has_tabs_and_commas_in_its_cells() -> None:
    data = io.BytesIO(b"id\ttext, of it\n1\ta,b\n")
    [row] = csv_rows(data, "day/f.tsv.gz", max_row_bytes=1000)
    assert isinstance(row, RawRow)
    assert row.fields == {"id": "1", "text, of it": "a,b"}


def test_a_comma_separates_where_other_characters_only_stand_in_a_name() -> None:
    [row] = read(b'id,text,"tags;a;b;c"\n1,2,3\n')
    assert isinstance(row, RawRow)
    assert row.fields == {"id": "1", "text": "2", "tags;a;b;c": "3"}


def test_columns_without_a_name_go_by_their_place_where_they_hold_something() -> None:
    rows = read(b",id,text,,\n0,1,x,,\n1,2,y,,z\n")
    assert [row.fields for row in rows if isinstance(row, RawRow)] == [
        {"column_1": "0", "id": "1", "text": "x"},
        {"column_1": "1", "id": "2", "text": "y", "column_5": "z"},
    ]


def test_half_a_character_is_a_replacement_not_a_lost_row() -> None:
    [row] = read(HEADER + b"1,cut \xf0\x9f\x98\n")
    assert isinstance(row, RawRow)
    assert row.fields["text"] == "cut \ufffd"


def test_a_header_that_repeats_a_column_is_a_file_that_cannot_be_read() -> None:
    [problem] = read(b"id,id\r\n1,2\r\n")
    assert isinstance(problem, BadRow)
    assert (problem.row, problem.code) == (None, Code.UNREADABLE_FILE)
    assert "repeats columns" in problem.message
