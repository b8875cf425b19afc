from __future__ import annotations

import io
from pathlib import Path

import pytest

from moderation.datasets.write_tfrecord import RecordWriter
from moderation.storage.tfrecords import BrokenRecord, count_records


@pytest.fixture
def data(tmp_path: Path) -> bytes:
    """Three records: of nothing, of a byte, of more than one block."""
    writer = RecordWriter(str(tmp_path / "a"), compressed=False)
    for record in (b"", b"x", b"y" * 3_000_000):
        writer.write(record)
    writer.close("t")
    return (tmp_path / "a").read_bytes()


def test_records_are_counted(data: bytes) -> None:
    assert count_records(io.BytesIO(data)) == 3
    assert count_records(io.BytesIO()) == 0


@pytest.mark.parametrize(
    ("at", "words"),
    [(16, "record 2 has no whole length"), (28, "record 2 is cut"), (2_000_000, "record 3 is cut")],
)
def test_a_byte_that_changed_is_told_with_its_record(data: bytes, at: int, words: str) -> None:
    changed = bytearray(data)
    changed[at] ^= 1
    with pytest.raises(BrokenRecord, match=words):
        count_records(io.BytesIO(changed))


@pytest.mark.parametrize("size", [3, 10, 15, 20, 30, 1_000_000])
def test_a_file_that_was_cut_is_no_shorter_file(data: bytes, size: int) -> None:
    with pytest.raises(BrokenRecord):
        count_records(io.BytesIO(data[:size]))
