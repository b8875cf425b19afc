"""What tests of training examples need: labelled memes, and what a finished run wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from moderation.records.read_tfrecord import dataset
from schemas.datasets import DatasetInfo, DatasetStats
from tests.pipelines.scoring import write_jsonl

# fmt: off
WORDS = [
    "bridge", "river", "lorry", "morning", "harbour", "ticket", "window", "garden", "market",
    "engine", "letter", "orange", "winter", "summer", "doctor", "pencil", "castle", "forest",
    "mirror", "button", "candle", "basket", "dragon", "helmet",
]
# fmt: on


@dataclass(frozen=True)
class Set:
    """A run that is over, and what it wrote."""

    code: int
    path: Path

    def json(self, name: str) -> Any:
        return json.loads((self.path / name).read_text())

    @property
    def stats(self) -> DatasetStats:
        return DatasetStats.model_validate(self.json("stats.json"))

    @property
    def info(self) -> DatasetInfo:
        return DatasetInfo.model_validate(self.json("info.json"))

    def lines(self, table: str) -> list[dict[str, Any]]:
        files = sorted(self.path.glob(f"{table}/*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]

    @property
    def shards(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in sorted(self.path.glob("examples/*"))}

    def examples(self, **options: Any) -> dict[str, list[dict[str, Any]]]:
        return {
            split: [
                {name: value.numpy() for name, value in example.items()}
                for example in dataset(str(self.path), split=split, **options)
            ]
            for split in self.info.splits
        }

    def split_of(self) -> dict[str, str]:
        """Split by item id."""
        return {
            example["item_id"].decode(): split
            for split, some in self.examples(decode_images=False).items()
            for example in some
        }


Preprocess = Callable[..., Set]


def labelled(count: int, *, images: int = 0) -> list[dict[str, Any]]:
    """Distinct labelled memes; the first ``images`` with a picture of their own."""
    rows = []
    for index in range(count):
        rng = np.random.default_rng(1_000 + index)
        text = f"{index} " + " ".join(rng.choice(WORDS, 9))
        img = f"{index}.png" if index < images else None
        rows.append({"id": str(index), "img": img, "text": text, "label": index % 2})
    return rows


def source(folder: Path, rows: list[Any], name: str = "memes.jsonl") -> str:
    return write_jsonl(folder / name, rows)
