"""A validator over made-up rows, and what it gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.items import Item, Record
from moderation.records.layout import Layout
from moderation.records.rows import RawRow
from moderation.records.validate import Validator
from moderation.storage.parking import Parking

MEME = {"id": 1, "img": "img/1.png", "text": "hello"}


PAIR = {
    "id_1": "1357120306201124864",
    "text_1": "rain",
    "image_1": "a.jpg",
    "id_2": 1357336804240707588,
    "text_2": "sun",
    "image_2": None,
}


def validator(tmp_path: Path, **layout: Any) -> Validator:
    return Validator(Layout(**layout), Parking(str(tmp_path / "parked")))


def accept(
    check: Validator, fields: dict[str, Any], source: str = "/data/f.jsonl"
) -> tuple[Record, Item]:
    found = check(RawRow(source, 3, fields))
    assert not isinstance(found, DeadLetter), found
    return found


def reject(check: Validator, fields: dict[str, Any]) -> DeadLetter:
    found = check(RawRow("/data/f.jsonl", 3, fields))
    assert isinstance(found, DeadLetter)
    return found
