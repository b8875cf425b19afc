"""Compressed inputs as byte streams."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import pyarrow as pa
import pytest

from moderation.records.rows import BadRow, RawRow
from moderation.records.spans import Span, plan_spans, read_span
from moderation.storage.input_files import Compression
from moderation.storage.listing import find_inputs
from moderation.storage.opening import open_bytes

LINES = b"".join(b'{"n": %d}\n' % index for index in range(200_000))


def zstd(data: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(data, asbytes=True))


PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "zst": zstd}


def read(path: Path) -> list[RawRow | BadRow]:
    [file] = find_inputs([str(path)]).files
    rows: list[RawRow | BadRow] = []
    for span in plan_spans(file):
        rows += read_span(span, max_row_bytes=1000) if isinstance(span, Span) else [span]
    return rows


@pytest.mark.parametrize("ending", sorted(PACKERS))
def test_a_packed_file_is_read_to_its_end_part_after_part(tmp_path: Path, ending: str) -> None:
    pack = PACKERS[ending]
    path = tmp_path / f"rows.jsonl.{ending}"
    path.write_bytes(pack(LINES[:18]) + pack(LINES[18:]))
    rows = read(path)
    assert [row.fields["n"] for row in rows if isinstance(row, RawRow)] == list(range(200_000))
    assert len(rows) == 200_000


@pytest.mark.parametrize("ending", sorted(PACKERS))
def test_a_packed_file_that_was_cut_is_told(tmp_path: Path, ending: str) -> None:
    whole = PACKERS[ending](LINES)
    path = tmp_path / f"rows.jsonl.{ending}"
    path.write_bytes(whole[: len(whole) * 3 // 4])
    *rows, problem = read(path)
    assert isinstance(problem, BadRow)
    assert problem.row is None
    assert len(rows) > 20_000


def test_a_stream_closes_its_file(tmp_path: Path) -> None:
    for compression, pack in zip(
        (Compression.GZIP, Compression.BZ2, Compression.ZSTD),
        (gzip.compress, bz2.compress, zstd),
        strict=True,
    ):
        path = tmp_path / compression.value
        path.write_bytes(pack(b"abc"))
        with open_bytes(str(path), compression=compression) as stream:
            assert stream.read(10) == b"abc"
        assert stream.closed


def test_keys_of_folders_fill_in_and_never_replace(tmp_path: Path) -> None:
    folder = tmp_path / "lang=en" / "dt=__HIVE_DEFAULT_PARTITION__"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text("id,lang\n1,de\n")
    (folder / "b.jsonl").write_text('{"id": 2}\n')
    for name, expected in (
        ("a.csv", {"id": "1", "lang": "de", "dt": None}),
        ("b.jsonl", {"id": 2, "lang": "en", "dt": None}),
    ):
        [row] = read(folder / name)
        assert isinstance(row, RawRow)
        assert row.fields == expected
