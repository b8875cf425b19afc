"""Inputs whose size is all that matters: short memes in files of many shapes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_PARQUET_ROWS = 50_000


def distinct(rows: int, *, start: int = 0) -> Iterator[dict[str, object]]:
    """Short memes, no two alike."""
    for number in range(start, start + rows):
        yield {"id": number, "img": None, "text": f"a short meme that says {number}"}


def alike(rows: int) -> Iterator[dict[str, object]]:
    """One meme, posted so many times."""
    for number in range(rows):
        yield {"id": number, "img": None, "text": "everybody posts this one"}


def jsonl(path: Path, rows: Iterable[dict[str, object]]) -> None:
    """One object a line; packed where the name says so."""
    packed = path.suffix == ".gz"
    with gzip.open(path, "wt", compresslevel=1) if packed else path.open("w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def csv(path: Path, rows: Iterable[dict[str, object]]) -> None:
    """With a header."""
    with path.open("w") as file:
        file.write("id,img,text\n")
        file.writelines(f"{row['id']},,{row['text']}\n" for row in rows)


def parquet(path: Path, rows: Iterable[dict[str, object]], *, group: int = _PARQUET_ROWS) -> None:
    """Row groups of ``group`` rows."""
    left = iter(rows)
    schema = pa.schema([("id", pa.int64()), ("img", pa.string()), ("text", pa.string())])
    with pq.ParquetWriter(path, schema) as writer:
        while some := list(islice(left, group)):
            writer.write_table(pa.Table.from_pylist(some, schema), row_group_size=group)


def one_file(folder: Path, rows: int) -> None:
    """Of lines."""
    jsonl(folder / "memes.jsonl", distinct(rows))


def one_packed_file(folder: Path, rows: int) -> None:
    """Which can only be read from its start."""
    jsonl(folder / "memes.jsonl.gz", distinct(rows))


def one_item(folder: Path, rows: int) -> None:
    """All rows alike."""
    jsonl(folder / "memes.jsonl", alike(rows))


def small_files(folder: Path, rows: int) -> None:
    """Of 25 rows each."""
    for number in range(rows // 25):
        jsonl(folder / f"{number:06}.jsonl", distinct(25, start=25 * number))


def mixed(folder: Path, rows: int) -> None:
    """Lines, packed lines, CSV, Parquet in one large row group, half of it twice."""
    part = rows // 5
    jsonl(folder / "a.jsonl", distinct(part))
    jsonl(folder / "b.jsonl.gz", distinct(part, start=part // 2))
    csv(folder / "c.csv", distinct(part, start=part))
    parquet(folder / "d.parquet", distinct(part, start=3 * part), group=part)
    jsonl(folder / "e.jsonl", alike(part))


INPUTS: dict[str, tuple[Callable[[Path, int], None], tuple[int, int]]] = {
    "memes": (one_file, (300_000, 3_000_000)),
    "one item": (one_item, (100_000, 1_000_000)),
    "one large file": (one_file, (300_000, 5_000_000)),
    "one large packed file": (one_packed_file, (300_000, 5_000_000)),
    "small files": (small_files, (50_000, 500_000)),
    "a mix": (mixed, (300_000, 3_000_000)),
}
"""What is written, and the rows of the smaller and the larger run."""
