"""A folder with a set's files, card and description, made without a run."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from PIL import Image

from moderation.exports.card import CARD, render_card
from moderation.exports.croissant import CROISSANT, describe
from moderation.exports.images import Placed
from moderation.exports.set_contents import SetContents
from moderation.exports.set_files import SetFiles
from moderation.exports.set_tables import SetTables
from schemas.export import ExportReport
from schemas.manifest import OutputEntry
from schemas.records import IMAGE_FIELDS, Kind
from tests.exports.test_card import report
from tests.exports.test_write_rows import PROVENANCE

LABELS = {
    "meme": ("0", "1"),
    "tweet_pair": ("Contradictory", "Implies", "NoEntailment"),
}
FORMATS = ("parquet", "jsonl")
SPLITS = ("train", "validation", "test")


def picture(number: int) -> bytes:
    """A PNG whose width tells whose it is."""
    stream = io.BytesIO()
    Image.new("RGB", (10 + number, 8), (20 * number % 256, 90, 120)).save(stream, "PNG")
    return stream.getvalue()


def meme(number: int, label: str | list[str]) -> dict[str, Any]:
    """A row as JSON Lines have it."""
    fields = {"id": str(number), "text": f"meme {number}", "img": f"images/{number}.png"}
    return {**fields, "label": label, "provenance": PROVENANCE, "extras": "{}"}


def pair(number: int, label: str) -> dict[str, Any]:
    """A tweet pair without its first picture, the second one far away."""
    return {
        "id_1": f"{number}1", "id_2": f"{number}2", "text_1": "one", "text_2": "two",
        "image_1": None, "image_2": "https://images.example/2.png", "label": label,
        "provenance": PROVENANCE, "extras": "{}",
    }  # fmt: skip


def write_set(
    folder: Path,
    rows: list[tuple[Kind, str, dict[str, Any]]],
    *,
    formats: tuple[str, ...] = FORMATS,
    several: frozenset[Kind] = frozenset(),
    file_bytes: int = 1,
) -> ExportReport:
    """Write rows of kinds and splits; of Parquet a file for each row, unless told otherwise."""
    tables = SetTables(formats, several=several, splits=SPLITS)
    files = SetFiles(tables, LABELS, str(folder / "staged"), file_bytes=file_bytes)
    for kind, split, row in rows:
        files.add(kind, split, row, {name: _placed(row[name]) for name in IMAGE_FIELDS[kind]})
    placed: dict[str, list[OutputEntry]] = {}
    shards = sorted(files.close(), key=lambda shard: shard.path)
    for table in tables:
        mine = [s for s in shards if (s.table, s.extension) == (table.name, table.format)]
        for number, shard in enumerate(mine):
            name = f"data/{table.name}-{number:05d}-of-{len(mine):05d}.{table.format}"
            (folder / "data").mkdir(exist_ok=True)
            Path(shard.path).rename(folder / name)
            entry = OutputEntry(path=name, rows=shard.rows, bytes=shard.bytes, sha256=shard.sha256)
            placed.setdefault(f"data/{table.name}", []).append(entry)
    found = report(rows=len(rows))
    contents = SetContents.of(tables, LABELS, placed)
    card = render_card(found, contents, tables=tables, licence="cc-by-4.0")
    (folder / CARD).write_text(card)
    told = describe(found, contents, licence="cc-by-4.0", url="https://sets.example", creator="us")
    (folder / CROISSANT).write_text(json.dumps(told))
    return found


def _placed(reference: str | None) -> Placed:
    if reference is None or reference.startswith("https:"):
        return Placed(reference)
    return Placed(reference, data=picture(int(Path(reference).stem)))
