from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from moderation.records.rows import BadRow, RawRow
from moderation.records.spans import Span, plan_spans, read_span
from moderation.storage.input_files import InputError, InputFile
from moderation.storage.listing import find_inputs
from schemas.codes import Code


def one(path: Path) -> InputFile:
    [file] = find_inputs((str(path),)).files
    return file


def read_all(file: InputFile, *, span_bytes: int = 1 << 24) -> list[RawRow | BadRow]:
    rows: list[RawRow | BadRow] = []
    for span in plan_spans(file, span_bytes=span_bytes):
        rows += [span] if isinstance(span, BadRow) else read_span(span, max_row_bytes=10_000)
    return rows


@pytest.mark.parametrize("span_bytes", [1, 7, 64, 1000])
def test_jsonl_cut_anywhere_gives_the_same_rows_under_the_same_numbers(
    tmp_path: Path, span_bytes: int
) -> None:
    lines = [json.dumps({"n": index, "pad": "x" * (index % 13)}) for index in range(200)]
    lines[50] = ""
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(lines))
    spans = list(plan_spans(one(path), span_bytes=span_bytes))
    rows = read_all(one(path), span_bytes=span_bytes)
    assert len(spans) > 1
    assert [(row.row, row.fields["n"]) for row in rows if isinstance(row, RawRow)] == [
        (index + 1, index) for index in range(200) if index != 50
    ]


def test_each_row_group_of_a_parquet_file_is_a_span_with_its_own_first_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"id": list(range(2**60, 2**60 + 10))}), path, row_group_size=4)
    spans = [span for span in plan_spans(one(path)) if isinstance(span, Span)]
    rows = read_all(one(path))
    assert [span.first_row for span in spans] == [1, 5, 9]
    assert [(row.row, row.fields["id"]) for row in rows if isinstance(row, RawRow)] == [
        (index + 1, 2**60 + index) for index in range(10)
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.parquet", b"not parquet at all"),
        ("a.jsonl", b"\x89PNG\r\n\x1a\n" + bytes(100)),
        ("a.jsonl", gzip.compress(b'{"a":1}', mtime=0)),
        ("a.csv", "id,text\n1,x".encode("utf-16")),
        ("a.jsonl.gz", b'{"a":1}'),
    ],
)
def test_a_file_that_is_not_what_its_name_claims_is_one_bad_row(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    [problem] = read_all(one(path))
    assert isinstance(problem, BadRow)
    assert (problem.row, problem.code) == (None, Code.UNREADABLE_FILE)
    assert str(path) in problem.message


def test_a_gzip_that_breaks_off_keeps_the_rows_before_and_says_where(tmp_path: Path) -> None:
    lines = b"".join(b'{"n": %d}\n' % index for index in range(300_000))
    whole = gzip.compress(lines)
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])
    *rows, problem = read_all(one(path))
    assert len(rows) > 1000
    assert isinstance(problem, BadRow)
    assert problem.row is None
    assert f"after row {rows[-1].row}" in problem.message


def test_what_a_cut_gzip_gave_before_it_broke_off_is_read_however_little(tmp_path: Path) -> None:
    lines = b"".join(b'{"n": "%s"}\n' % os.urandom(20).hex().encode() for _ in range(600))
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(lines)[:-9_000])
    *rows, problem = read_all(one(path))
    assert len(rows) > 200
    assert isinstance(problem, BadRow)
    assert (problem.row, problem.lost) == (None, None)


def test_an_array_is_one_span_whatever_the_file_is_called(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps([{"n": index} for index in range(200)], indent=1))
    rows = read_all(one(path), span_bytes=100)
    assert [row.fields["n"] for row in rows if isinstance(row, RawRow)] == [*range(200)]


def test_an_input_that_matches_nothing_and_one_of_no_known_format_say_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="matches no file"):
        find_inputs((str(tmp_path / "*.jsonl"),))
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(InputError, match="must end in one of"):
        find_inputs((str(tmp_path / "notes.txt"),))


def test_folders_patterns_and_repeats_give_each_file_once_in_order(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.csv.gz", "c.parquet", "ignored.txt"):
        (tmp_path / name).write_bytes(b"x")
    found = find_inputs((str(tmp_path), str(tmp_path / "*.jsonl"), str(tmp_path / "b.jsonl"))).files
    assert [Path(file.path).name for file in found] == ["a.csv.gz", "b.jsonl", "c.parquet"]


def test_lines_that_end_with_carriage_returns_alone_are_lines(tmp_path: Path) -> None:
    for name, content in (
        ("a.csv", b'id,text\r1,"two\nlines"\r2,b\r'),
        ("a.jsonl", b'{"id": "1"}\r{"id": "2"}\r'),
        ("a.json", b'[\r{"id": "1"},\r{"id": "2"}\r]'),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        rows = read_all(one(path))
        assert [row.fields["id"] for row in rows if isinstance(row, RawRow)] == ["1", "2"]
        assert len(rows) == 2


def test_files_that_were_joined_and_json_sequences_are_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": 1}\n\xef\xbb\xbf{"id": 2}\n\x1e{"id": 3}\n')
    rows = read_all(one(path))
    assert [row.fields["id"] for row in rows if isinstance(row, RawRow)] == [1, 2, 3]


def test_rows_of_json_know_the_columns_of_others(tmp_path: Path) -> None:
    for name, content in (
        ("a.jsonl", b'{"id": 1}\n{"id": 2, "text": "x"}\n'),
        ("a.json", b'[{"id": 1},\n{"id": 2, "text": "x"}]'),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        rows = [row for row in read_all(one(path)) if isinstance(row, RawRow)]
        assert {row.columns for row in rows} == {frozenset({"id", "text"})}


def test_a_packed_file_of_no_bytes_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(b"")
    [problem] = read_all(one(path))
    assert isinstance(problem, BadRow)
    assert "it is empty" in problem.message
    path.write_bytes(gzip.compress(b""))
    assert read_all(one(path)) == []
