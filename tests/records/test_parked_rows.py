from __future__ import annotations

from pathlib import Path

from moderation.records.parked_rows import park_rows, read_part
from moderation.records.rows import BadRow, RawRow
from schemas.codes import Code


def rows(count: int) -> list[RawRow | BadRow]:
    bad = BadRow("f.csv", 3, Code.INVALID_CSV, "a quote is open", "x")
    good = [RawRow("f.csv", n, {"id": n, "text": "t" * n}) for n in range(1, count + 1)]
    return [*good[:2], bad, *good[3:]]


def test_rows_come_back_in_pieces_as_they_were_and_one_piece_lies_there_at_a_time(
    tmp_path: Path,
) -> None:
    found, sizes = [], []
    for piece in park_rows(
        rows(25), source="f.csv", folder=str(tmp_path), most=10, most_bytes=1 << 20
    ):
        assert len(list(tmp_path.iterdir())) == 1
        sizes.append(piece.rows)
        found += read_part(piece, max_row_bytes=1)
        piece.delete()
    assert found == rows(25)
    assert sizes == [10, 10, 5]


def test_pieces_are_bounded_by_bytes_too(tmp_path: Path) -> None:
    parked = list(park_rows(rows(60), source="f", folder=str(tmp_path), most=1_000, most_bytes=600))
    assert len(parked) > 2
    assert [row for piece in parked for row in piece.read()] == rows(60)


def test_no_rows_are_no_piece(tmp_path: Path) -> None:
    assert list(park_rows([], source="f", folder=str(tmp_path), most=9, most_bytes=9)) == []
    assert list(tmp_path.iterdir()) == []
