"""Made-up records without images: short memes, and pairs of posts with other columns."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_REPEATED = 0.05
"""Share of rows whose content an earlier row has."""
_ROW_GROUP = 20_000

Row = dict[str, Any]


def memes(rows: int) -> Iterator[Row]:
    """An id, a sentence, no image."""
    texts = _sentences(1)
    for number in range(rows):
        yield {"id": number, "img": None, "text": next(texts), "label": number % 2}


def pairs(rows: int) -> Iterator[Row]:
    """Two posts, and what an export of posts has beside them."""
    texts, rng = _sentences(2), random.Random(3)
    for number in range(rows):
        yield {
            "id_1": str(10**18 + number),
            "text_1": next(texts),
            "image_1": None,
            "id_2": str(2 * 10**18 + number),
            "text_2": next(texts),
            "image_2": None,
            "created_at": f"2026-11-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:30:00Z",
            "lang": rng.choice(["en", "de", "fr", "pt"]),
            "source": "web",
            "likes": rng.randint(0, 5000),
        }


def _sentences(seed: int) -> Iterator[str]:
    rng = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(20_000)]
    said: list[str] = []
    while True:
        if said and rng.random() < _REPEATED:
            yield rng.choice(said)
            continue
        text = " ".join(rng.choices(words, k=rng.randint(6, 16)))
        if len(said) < 10_000:
            said.append(text)
        yield text


def jsonl(path: Path, rows: Iterator[Row]) -> None:
    """One object a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def parquet(path: Path, rows: Iterator[Row]) -> None:
    """A few row groups."""
    pq.write_table(pa.Table.from_pylist(list(rows)), path, row_group_size=_ROW_GROUP)


INPUTS: dict[str, tuple[Callable[[int], Iterator[Row]], Callable[[Path, Iterator[Row]], None]]] = {
    "memes.jsonl": (memes, jsonl),
    "memes.parquet": (memes, parquet),
    "pairs.jsonl": (pairs, jsonl),
    "pairs.parquet": (pairs, parquet),
}


def write(folder: Path, name: str, *, rows: int) -> Path:
    """One of ``INPUTS`` with so many rows."""
    made, writer = INPUTS[name]
    path = folder / f"{rows}.{name}"
    writer(path, made(rows))
    return path
