"""The Hub's own library loads a set: pictures decoded, labels right, whatever file comes first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from schemas.records import Kind
from tests.exports.hub_sets import meme, pair, write_set

MEMES = [
    *((Kind.MEME, "train", meme(n, str(int(n > 2)))) for n in range(6)),
    (Kind.MEME, "validation", meme(6, "1")),
    (Kind.MEME, "test", meme(7, "0")),
]
"""The first files of ``train`` and the only one of ``test`` have no positive row."""
PAIRS = [(Kind.TWEET_PAIR, "train", pair(1, "NoEntailment"))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("set")
    write_set(folder, [*MEMES, *PAIRS])
    return folder


def load(folder: Path, *config: str) -> Any:
    import datasets

    datasets.disable_progress_bars()
    return datasets.load_dataset(str(folder), *config, cache_dir=str(folder / "cache"))


def test_the_default_config_gives_decoded_pictures_and_labels_by_split(folder: Path) -> None:
    found = load(folder)
    assert {name: len(split) for name, split in found.items()} == {
        "train": 6,
        "validation": 1,
        "test": 1,
    }
    for split in found.values():
        names = split.features["label"].names
        assert names == ["0", "1"]
        for row in split:
            number = int(row["id"])
            assert row["img"].size == (10 + number, 8)
            assert names[row["label"]] == ("1" if 2 < number < 7 else "0")


def test_every_file_tells_the_same_features_byte_for_byte(folder: Path) -> None:
    told = {
        pq.read_schema(file).metadata[b"huggingface"] for file in folder.glob("data/meme-*.parquet")
    }
    assert len(list(folder.glob("data/meme-train-*.parquet"))) == 6
    assert len(told) == 1


def test_a_config_of_pairs_has_a_null_where_no_picture_is_and_labels_in_the_contracts_order(
    folder: Path,
) -> None:
    import datasets

    found = load(folder, "tweet_pair")["train"]
    names = ["Contradictory", "Implies", "NoEntailment"]
    assert found.features["label"].names == names
    plain = found.cast_column("image_2", datasets.Image(decode=False))
    [row] = plain
    assert (row["image_1"], row["label"]) == (None, 2)
    assert row["image_2"] == {"bytes": None, "path": "https://images.example/2.png"}


def test_labels_in_lists_and_rows_of_one_file(tmp_path: Path) -> None:
    rows = [
        (Kind.MEME, "train", meme(n, labels)) for n, labels in enumerate([["1"], [], ["0", "1"]])
    ]
    write_set(tmp_path, rows, several=frozenset({Kind.MEME}), file_bytes=1 << 20)
    found = load(tmp_path)["train"]
    assert len(list(tmp_path.glob("data/*.parquet"))) == 1
    assert [row["label"] for row in found] == [[1], [], [0, 1]]
    assert found.features["label"].feature.names == ["0", "1"]


def test_json_lines_alone_load_too(tmp_path: Path) -> None:
    write_set(tmp_path, MEMES, formats=("jsonl",))
    found = load(tmp_path)
    assert [row["label"] for row in found["train"]] == ["0", "0", "0", "1", "1", "1"]


def test_the_description_is_croissant_and_its_records_are_the_rows(folder: Path) -> None:
    import mlcroissant

    found = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    issues = found.metadata.ctx.issues
    assert (issues.errors, issues.warnings) == (set(), set())
    assert json.loads((folder / "croissant.json").read_text())["conformsTo"].endswith("/1.1")
    rows = list(found.records("meme-train"))
    assert [int(row["meme-train/label"]) for row in rows] == [0, 0, 0, 1, 1, 1]
    assert [row["meme-train/img"].size for row in rows] == [(10 + n, 8) for n in range(6)]
    labels = {
        row["tweet_pair-labels/number"]: row["tweet_pair-labels/name"]
        for row in found.records("tweet_pair-labels")
    }
    assert [labels[n] for n in range(3)] == ["Contradictory", "Implies", "NoEntailment"]
