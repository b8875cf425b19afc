"""``pipelines.preprocess --multi_label``: records with any number of labels."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tensorflow as tf

from moderation.records.read_tfrecord import dataset
from schemas.codes import Code
from schemas.datasets import ConflictEntry
from tests.pipelines.preprocessing import (
    Preprocess,
    Set,
    labelled,
    source,
)

NAMES = ("doubt", "fear", "smears")
GIVEN: tuple[list[str], ...] = (["smears", "doubt"], [], ["fear"], ["doubt"])


def techniques(count: int) -> list[dict[str, Any]]:
    return [{**row, "label": GIVEN[i % 4]} for i, row in enumerate(labelled(count))]


def hot(done: Set) -> dict[str, list[int]]:
    return {
        example["item_id"].decode(): example["labels"].tolist()
        for some in done.examples().values()
        for example in some
    }


def test_an_example_holds_its_labels_as_a_multi_hot(preprocess: Preprocess, photos: Path) -> None:
    rows = techniques(24)
    rows[0]["label"] = ["smears", "doubt", "smears "]

    done = preprocess("--input", source(photos, rows), "--multi_label")

    assert done.code == 0
    assert done.info.multi_label
    assert done.info.labels["meme"] == list(NAMES)  # type: ignore[index]
    assert hot(done) == {
        row["id"]: [int(name in GIVEN[i % 4]) for name in NAMES] for i, row in enumerate(rows)
    }
    told = {e["item_id"].decode(): e for some in done.examples().values() for e in some}
    assert json.loads(told["0"]["label"]) == ["doubt", "smears"]
    assert json.loads(told["1"]["label"]) == []
    assert "label_index" not in told["0"]
    batch = next(iter(dataset(str(done.path), split="train", batch_size=8)))
    assert (batch["labels"].shape, batch["labels"].dtype) == ((8, 3), tf.int64)


def test_csv_and_parquet_say_the_same_as_jsonl(preprocess: Preprocess, photos: Path) -> None:
    rows = techniques(12)
    table, cells = photos / "several.parquet", photos / "several.csv"
    pq.write_table(pa.Table.from_pylist([{**row, "img": row["img"] or ""} for row in rows]), table)
    with cells.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["id", "img", "text", "label"])
        writer.writeheader()
        writer.writerows([{**row, "label": ";".join(row["label"]) or ";"} for row in rows])

    one, two, three = (
        preprocess("--input", name, "--multi_label", *more, run_id=str(place))
        for place, (name, *more) in enumerate(
            [
                (source(photos, rows, "several.jsonl"),),
                (str(table),),
                (str(cells), "--label_separator", ";"),
            ]
        )
    )

    assert one.code == two.code == three.code == 0
    assert len(hot(one)) == 12
    assert one.shards == two.shards == three.shards


def test_a_row_without_labels_is_no_row_that_says_none(
    preprocess: Preprocess,
    photos: Path,
) -> None:
    rows = techniques(12)
    wrong: list[Any] = [None, "", ["doubt", ""], [None], "nan"]
    for row, label in zip(rows[4:], wrong, strict=False):
        row["label"] = label
    rows[9]["label"] = "fear|smears"
    rows[10]["label"] = '["fear"]'

    done = preprocess("--input", source(photos, rows), "--multi_label")

    letters = {letter["item_id"]: letter["code"] for letter in done.lines("dead_letters")}
    assert letters == {
        "4": Code.UNLABELLED.value,
        "5": Code.UNLABELLED.value,
        "6": Code.INVALID_VALUE.value,
        "7": Code.UNLABELLED.value,
        "8": Code.UNLABELLED.value,
    }
    assert hot(done)["9"] == [0, 1, 1]
    assert hot(done)["10"] == [0, 1, 0]
    assert hot(done)["1"] == [0, 0, 0]


def test_one_label_that_is_none_of_the_set_s_costs_the_row(
    preprocess: Preprocess,
    photos: Path,
) -> None:
    done = preprocess(
        "--input", source(photos, techniques(8)), "--multi_label", "--labels", "smears,doubt"
    )

    assert done.info.labels["meme"] == ["smears", "doubt"]  # type: ignore[index]
    assert {letter["item_id"] for letter in done.lines("dead_letters")} == {"2", "6"}
    assert {letter["code"] for letter in done.lines("dead_letters")} == {Code.UNKNOWN_LABEL.value}
    assert hot(done)["3"] == [0, 1]


def test_sets_of_labels_that_differ_contradict_each_other(
    preprocess: Preprocess,
    photos: Path,
) -> None:
    one = {"img": None, "text": "one content"}
    rows = [
        {"id": "a", **one, "label": ["doubt", "fear"]},
        {"id": "b", **one, "label": ["fear", "doubt"]},
        {"id": "c", **one, "label": ["fear"]},
        *techniques(4),
    ]

    done = preprocess("--input", source(photos, rows), "--multi_label", "--on_conflict", "majority")

    assert set(hot(done)) == {"a", "b", "0", "1", "2", "3"}
    (entry,) = [ConflictEntry.model_validate(line) for line in done.lines("conflicts")]
    assert entry.labels == {'["doubt","fear"]': 2, '["fear"]': 1}


def test_the_statistics_count_each_label_and_weigh_it(
    preprocess: Preprocess,
    photos: Path,
) -> None:
    done = preprocess(
        "--input", source(photos, techniques(40)), "--multi_label", "--splits", "train=1"
    )

    stats = done.stats
    balance = {n: (b.rows, b.share) for n, b in stats.splits["train"].labels["meme"].items()}  # type: ignore[index]
    assert balance == {"doubt": (20, 0.5), "fear": (10, 0.25), "smears": (10, 0.25)}
    assert stats.splits["train"].rows == 40
    assert stats.class_weights["meme"] == {"doubt": 1.0, "fear": 3.0, "smears": 3.0}  # type: ignore[index]
    assert stats.labels_per_row == {"0": 10, "1": 20, "2": 10}


def test_stratified_splits_have_their_share_of_the_rarest_labels(
    preprocess: Preprocess,
    photos: Path,
) -> None:
    random = np.random.default_rng(3)
    rates = dict(zip("abcdefgh", (0.5, 0.4, 0.3, 0.2, 0.1, 0.08, 0.06, 0.04), strict=True))
    rows = [
        {**row, "label": [name for name, rate in rates.items() if random.random() < rate]}
        for row in labelled(600)
    ]

    done = preprocess(
        "--input", source(photos, rows), "--multi_label", "--stratify",
        "--splits", "train=0.5,test=0.5", "--group_by", "none",
    )  # fmt: skip

    assert done.code == 0
    for label in "efgh":
        train, test = (done.stats.splits[s].labels["meme"][label].rows for s in ("train", "test"))  # type: ignore[index]
        assert train == pytest.approx((train + test) / 2, abs=0.15 * (train + test))


def test_a_list_needs_the_flag_and_is_told_so(preprocess: Preprocess, photos: Path) -> None:
    rows = labelled(8)
    rows[2]["label"] = ["0"]

    done = preprocess("--input", source(photos, rows))

    (letter,) = done.lines("dead_letters")
    assert letter["code"] == Code.UNLABELLED.value
    assert "--multi_label" in letter["message"]
    assert not done.info.multi_label
