"""Reads the labelled sets that ``build`` is given, and keeps their splits apart."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Floats = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Texts:
    """Labelled texts of one split: ``labels`` int [n], 0 or 1."""

    texts: tuple[str, ...]
    labels: Floats

    def __add__(self, other: Texts) -> Texts:
        """Both, one after the other."""
        return Texts(self.texts + other.texts, np.concatenate([self.labels, other.labels]))


@dataclass(frozen=True, slots=True)
class Splits:
    """One labelled set in three parts; ``test`` is measured once and never tuned on."""

    train: Texts
    validation: Texts
    test: Texts


@dataclass(frozen=True, slots=True)
class Pairs:
    """Labelled tweet pairs: ``labels`` int [n], in the order of ``ENTAILMENT_LABELS``."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    labels: Floats


@dataclass(frozen=True, slots=True)
class Memes:
    """Labelled pictures: ``paths`` [n] and ``labels`` int [n], 0 or 1."""

    paths: tuple[Path, ...]
    labels: Floats


def read_hatemoji(path: Path) -> Splits:
    """Hatemoji's build set: columns ``text, label_gold, split`` (train, validation, test)."""
    rows = _rows(path, ("text", "label_gold", "split"))
    return _by_split(rows, label=lambda row: row["label_gold"] == "1", validation="validation")


def read_edos(path: Path) -> Splits:
    """EDOS: columns ``text, label_sexist, split`` (train, dev, test)."""
    rows = _rows(path, ("text", "label_sexist", "split"))
    return _by_split(rows, label=lambda row: row["label_sexist"] == "sexist", validation="dev")


def read_davidson(path: Path) -> Splits:
    """Davidson: columns ``text, class``; hate = 1, offensive and neither = 0.

    It has no splits: a digest of the text puts a tenth each into validation and test.
    """
    rows = _split_by_text(_rows(path, ("text", "class")))
    return _by_split(rows, label=lambda row: row["class"] == "hate", validation="validation")


def read_davidson_neither(path: Path) -> Splits:
    """The ordinary tweets of Davidson, neither hate nor offensive: all 0, splits as above."""
    rows = _split_by_text(_rows(path, ("text", "class")))
    ordinary = [row for row in rows if row["class"] == "neither"]
    return _by_split(ordinary, label=lambda row: False, validation="validation")


def read_pairs(paths: Sequence[Path], labels: Sequence[str]) -> Pairs:
    """Tweet pairs: columns ``text_1, text_2, label``, all files together."""
    rows = [row for path in paths for row in _rows(path, ("text_1", "text_2", "label"))]
    order = {label: index for index, label in enumerate(labels)}
    return Pairs(
        tuple(row["text_1"] for row in rows),
        tuple(row["text_2"] for row in rows),
        np.array([order[row["label"]] for row in rows], np.int32),
    )


def read_memes(path: Path, folders: Sequence[Path]) -> Memes:
    """Memes (JSONL ``img, label``) whose picture lies in one of ``folders``."""
    found: list[tuple[Path, int]] = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        places = [folder / name for folder in folders for name in _names(row["img"])]
        picture = next((place for place in places if place.is_file()), None)
        if picture is not None:
            found.append((picture, int(row["label"])))
    return Memes(tuple(p for p, _ in found), np.array([label for _, label in found], np.int32))


def describe(path: Path, rows: int) -> dict[str, Any]:
    """What the card says of a data file: its name, rows and digest, never where it lay."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"file": path.name, "rows": rows, "sha256": digest}


def _names(reference: str) -> tuple[str, str]:
    return reference, Path(reference).name


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(f"{path.name}: no column {missing}; it has {reader.fieldnames}")
        return [{name: row[name] for name in columns} for row in reader]


def _split_by_text(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    names = {0: "test", 1: "validation"}
    for row in rows:
        digest = hashlib.sha256(row["text"].encode("utf-8")).digest()
        row["split"] = names.get(digest[0] % 10, "train")
    return rows


def _by_split(rows: list[dict[str, str]], *, label: Any, validation: str) -> Splits:
    parts: dict[str, list[dict[str, str]]] = {"train": [], validation: [], "test": []}
    for row in rows:
        parts[row["split"]].append(row)
    made = [
        Texts(tuple(row["text"] for row in part), np.array([label(row) for row in part], np.int32))
        for part in (parts["train"], parts[validation], parts["test"])
    ]
    return Splits(*made)
