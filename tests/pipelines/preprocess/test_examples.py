"""What stands in an example, and in which order."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from moderation.records.read_tfrecord import dataset
from schemas.codes import Code
from schemas.manifest import Manifest
from tests.pipelines.preprocessing import Preprocess, labelled, source


def test_every_row_is_an_example_or_a_dead_letter(preprocess: Preprocess, photos: Path) -> None:
    rows: list[Any] = labelled(60, images=30)
    rows[3]["label"] = None
    rows[4]["label"] = "maybe"
    rows[5]["img"] = "gone.png"
    rows += ["broken", {"id": "x"}]
    done = preprocess("--input", source(photos, rows))
    assert done.code == 0
    account = done.stats.account
    assert (account.read, account.written, account.dead_lettered, account.lost) == (62, 58, 4, 0)
    letters = {letter["row"]: letter["code"] for letter in done.lines("dead_letters")}
    assert letters == {
        4: Code.UNLABELLED.value,
        5: Code.UNKNOWN_LABEL.value,
        61: Code.INVALID_JSON.value,
        62: Code.MISSING_FIELD.value,
    }
    assert set(done.split_of()) == {str(i) for i in range(60)} - {"3", "4"}
    assert done.stats.images["img"] == {"ok": 27, "failed:not_found": 1, "absent": 30}
    manifest = Manifest.model_validate(done.json("manifest.json"))
    assert {entry.path for entry in manifest.outputs} >= {f"examples/{n}" for n in done.shards}
    assert (done.path / "_SUCCESS").exists()
    assert not (done.path / "_staging").exists()


def test_an_example_holds_what_its_record_said(preprocess: Preprocess, photos: Path) -> None:
    rows = labelled(12, images=6)
    rows[0]["lang"] = "de"
    done = preprocess("--input", source(photos, rows), "--image_size", "32x48")
    found = {e["item_id"].decode(): e for some in done.examples().values() for e in some}
    for row in rows:
        example = found[row["id"]]
        assert example["text"].decode() == row["text"]
        assert example["label"].decode() == str(row["label"])
        assert example["label_index"] == row["label"]
        assert example["kind"] == b"meme"
        assert example["presence"].tolist() == [int(row["img"] is not None)]
        assert example["img"].shape == (32, 48, 3)
        assert example["img"].any() == (row["img"] is not None)
    assert json.loads(found["0"]["extras"]) == {"lang": "de"}


@pytest.mark.parametrize("encoding", ["png", "raw", "jpeg"])
def test_lossless_images_come_back_as_the_door_gave_them(
    preprocess: Preprocess, photos: Path, encoding: str
) -> None:
    done = preprocess(
        *("--input", source(photos, labelled(8, images=8))),
        *("--image_size", "60x80", "--image_encoding", encoding),
    )
    for some in done.examples().values():
        for example in some:
            original = np.asarray(Image.open(photos / f"{example['item_id'].decode()}.png"))
            off = np.abs(example["img"].astype(int) - original).mean()
            assert off < 4 if encoding == "jpeg" else off == 0


def test_pairs_with_csv_labels_keep_the_contract_s_order(
    preprocess: Preprocess, photos: Path
) -> None:
    path = photos / "pairs.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id_1", "text_1", "image_1", "id_2", "text_2", "image_2", "label"])
        for index, row in enumerate(labelled(40)):
            label = ["Implies", "NoEntailment"][index % 2]
            pair = [f"{index}a", row["text"], f"{index % 40}.png", f"{index}b", f"second {index}"]
            writer.writerow([*pair, "", label])
    done = preprocess("--input", str(path), "--image_encoding", "png", "--image_size", "16x16")
    assert done.info.labels == {"tweet_pair": ["Contradictory", "Implies", "NoEntailment"]}
    assert done.info.image.fields == ["image_1", "image_2"]
    some = [e for examples in done.examples().values() for e in examples]
    assert {e["label_index"].item() for e in some} == {1, 2}
    assert {tuple(e["presence"]) for e in some} == {(1, 0)}
    weights = done.stats.class_weights["tweet_pair"]  # type: ignore[index]
    assert weights["Contradictory"] == 0.0


def test_labels_of_other_names_are_taken_in_order(preprocess: Preprocess, photos: Path) -> None:
    rows = [{**row, "label": ["real", "fake"][row["label"]]} for row in labelled(20)]
    done = preprocess("--input", source(photos, rows))
    assert done.info.labels == {"meme": ["fake", "real"]}
    done = preprocess("--input", source(photos, rows), "--labels", "real,fake", run_id="named")
    assert done.info.labels == {"meme": ["real", "fake"]}


def test_shards_keep_their_size_and_their_order(preprocess: Preprocess, photos: Path) -> None:
    done = preprocess("--input", source(photos, labelled(400)), "--shard_mb", "0.05")
    train = done.info.splits["train"]
    assert len(train.shards) > 2
    assert all(shard.bytes <= 0.05 * (1 << 20) for shard in train.shards)
    keys = [example["content_key"] for example in done.examples()["train"]]
    assert keys == sorted(keys)


def test_a_seed_shuffles_the_same_way_each_time(preprocess: Preprocess, photos: Path) -> None:
    done = preprocess("--input", source(photos, labelled(100)), "--shard_mb", "0.02")

    def order(seed: int | None) -> list[bytes]:
        found = dataset(str(done.path), split="train", seed=seed, batch_size=16)
        return [key for batch in found for key in batch["content_key"].numpy()]

    assert order(1) == order(1)
    assert order(1) != order(2)
    assert sorted(order(1)) == order(None)


def test_the_written_spec_alone_is_enough_for_tf_data(preprocess: Preprocess, photos: Path) -> None:
    done = preprocess("--input", source(photos, labelled(20, images=5)), "--gzip")
    info = json.loads((done.path / "info.json").read_text())
    spec = {f["name"]: tf.io.FixedLenFeature(f["shape"], f["dtype"]) for f in info["features"]}
    rows = [
        tf.io.parse_single_example(record, spec)
        for split in info["splits"].values()
        for shard in split["shards"]
        for record in tf.data.TFRecordDataset(f"{done.path}/{shard['path']}", info["compression"])
    ]
    assert len(rows) == 20
