from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from moderation.records.tfrecord import DatasetError, dataset
from pipelines.preprocess.__main__ import main
from schemas.codes import Code
from schemas.datasets import ConflictEntry, DatasetInfo, DatasetStats, GroupEntry
from schemas.manifest import Manifest
from tests.pipelines.conftest import write_jsonl

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


@pytest.fixture
def preprocess(tmp_path: Path) -> Preprocess:
    """Run the job as the command line does, in this process."""

    def run(*flags: str, run_id: str = "t") -> Set:
        argv = ["--runner=DirectRunner", "--output", str(tmp_path / "sets"), "--run_id", run_id]
        return Set(main([*argv, *flags]), tmp_path / "sets" / f"run_id={run_id}")

    return run


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty pictures with nothing in common: ``0.png`` to ``39.png``."""
    folder = tmp_path_factory.mktemp("photos")
    for index in range(40):
        rng = np.random.default_rng(index)
        coarse = Image.fromarray(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8))
        coarse.resize((80, 60), Image.Resampling.BICUBIC).save(folder / f"{index}.png")
    return folder


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


def test_shared_images_and_nearly_equal_texts_stay_together(
    preprocess: Preprocess, photos: Path, tmp_path: Path
) -> None:
    rows = labelled(300, images=30)
    copies = tmp_path / "copies"
    copies.mkdir()
    for i in range(30):  # the same bytes elsewhere, a picture compressed anew, texts touched up
        (copies / f"{i}.png").write_bytes((photos / f"{i}.png").read_bytes())
        Image.open(photos / f"{i}.png").resize((70, 52)).save(copies / f"{i}.jpg", quality=60)
    planted: dict[str, str] = {}
    for i in range(30):
        clone = {"id": f"same{i}", "img": str(copies / f"{i}.png"), "label": 1}
        rows.append({**clone, "text": f"nothing like it at all {i} {WORDS[i % 24] * 3}"})
        near = {"id": f"near{i}", "img": str(copies / f"{i}.jpg"), "label": 0}
        rows.append({**near, "text": f"{WORDS[::-1][i % 24] * 4} {i} quite another one"})
        text = rows[100 + i]["text"].upper() + " !! https://t.co/abc"
        rows.append({"id": f"text{i}", "img": None, "text": text, "label": 0})
        words = rows[200 + i]["text"].split()
        words[4] = "changed"
        rows.append({"id": f"word{i}", "img": None, "text": " ".join(words), "label": 1})
        planted |= {f"same{i}": f"{i}", f"near{i}": f"{i}"}
        planted |= {f"text{i}": f"{100 + i}", f"word{i}": f"{200 + i}"}
    done = preprocess(
        *("--input", source(photos, rows), "--allow_outside_root"),
        *("--splits", "train=0.6,val=0.2,test=0.2"),
    )
    assert done.code == 0
    split_of = done.split_of()
    assert len(split_of) == len(rows)
    assert {split_of[one] == split_of[other] for one, other in planted.items()} == {True}
    assert min(Counter(split_of.values()).values()) > 40
    groups = [GroupEntry.model_validate(line) for line in done.lines("groups")]
    told = [{item["item_id"] for item in group.items} for group in groups]
    for one, other in planted.items():
        assert any({one, other} <= items for items in told)
    moved = done.stats.grouping.rows_moved
    assert moved == sum(group.rows_moved for group in groups) > 20
    links = done.stats.grouping.rows_linked_by
    assert set(links) == {"image", "near_image", "text", "near_text"}


def test_without_grouping_likes_may_part(preprocess: Preprocess, photos: Path) -> None:
    rows = labelled(200)
    twins = [{**row, "id": f"t{row['id']}", "text": row["text"] + "!"} for row in rows]
    done = preprocess("--input", source(photos, rows + twins), "--group_by", "none")
    split_of = done.split_of()
    assert any(split_of[row["id"]] != split_of[f"t{row['id']}"] for row in rows)
    assert done.stats.grouping.rows_moved == 0


@pytest.mark.parametrize(
    ("rule", "kept", "dropped"),
    [
        ("drop", set(), {"a", "b", "c", "d", "e"}),
        ("majority", {"a", "b"}, {"c", "d", "e"}),
        ("keep_first", {"a", "b", "d"}, {"c", "e"}),
    ],
)
def test_contradicting_labels_of_one_content_are_settled_by_the_rule(
    preprocess: Preprocess, photos: Path, rule: str, kept: set[str], dropped: set[str]
) -> None:
    (photos / "copy.png").write_bytes((photos / "1.png").read_bytes())
    three = {"text": "one content", "img": "1.png"}
    two = {"text": "another", "img": None}
    rows = [
        {"id": "a", **three, "label": 1},
        {"id": "b", **three, "img": "copy.png", "label": 1},
        {"id": "c", **three, "label": 0},
        {"id": "d", **two, "label": 0},
        {"id": "e", **two, "label": 1},
        *labelled(5),
    ]
    done = preprocess("--input", source(photos, rows, "c.jsonl"), "--on_conflict", rule)
    assert set(done.split_of()) == kept | {str(i) for i in range(5)}
    letters = {letter["item_id"]: letter for letter in done.lines("dead_letters")}
    assert set(letters) == dropped
    assert {letter["code"] for letter in letters.values()} == {Code.CONFLICTING_LABEL.value}
    entries = [ConflictEntry.model_validate(line) for line in done.lines("conflicts")]
    assert sorted(tuple(entry.labels.items()) for entry in entries) == [
        (("0", 1), ("1", 1)),
        (("0", 1), ("1", 2)),
    ]
    conflicts = done.stats.conflicts
    assert (conflicts.contents, conflicts.rows) == (2, 5)
    assert (conflicts.rows_kept, conflicts.rows_dropped) == (len(kept), len(dropped))


def test_a_column_names_the_split_but_groups_stay_whole(
    preprocess: Preprocess, photos: Path
) -> None:
    rows = labelled(30)
    for index, row in enumerate(rows):
        row["part"] = "test" if index < 10 else "train"
    rows.append({**rows[0], "id": "leak", "text": rows[0]["text"] + " …", "part": "train"})
    rows.append({**rows[1], "id": "odd", "text": "no part", "part": "holdout"})
    done = preprocess("--input", source(photos, rows), "--split_column", "part")
    split_of = done.split_of()
    assert {split_of[str(index)] for index in range(10)} == {"test"}
    assert {split_of[str(index)] for index in range(10, 30)} == {"train"}
    assert split_of["leak"] == "test"
    assert done.stats.grouping.rows_moved == 1
    assert [letter["item_id"] for letter in done.lines("dead_letters")] == ["odd"]


def test_stratified_splits_have_their_share_of_each_label(
    preprocess: Preprocess, photos: Path
) -> None:
    rows = labelled(600)
    for index, row in enumerate(rows):
        row["label"] = int(index % 10 == 0)
    done = preprocess("--input", source(photos, rows), "--stratify")
    for split in done.stats.splits.values():
        assert split.labels["meme"]["1"].share == pytest.approx(0.1, abs=0.02)  # type: ignore[index]
    assert done.stats.splits["train"].share == pytest.approx(0.85, abs=0.01)


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


def test_the_contract_is_kept_with_missing_images_as_dead_letters(
    preprocess: Preprocess, photos: Path
) -> None:
    rows = labelled(6, images=3)
    rows[0]["img"] = "gone.png"
    done = preprocess("--input", source(photos, rows), "--missing_images", "dead_letter")
    codes = {letter["item_id"]: letter["code"] for letter in done.lines("dead_letters")}
    assert codes == {"0": "not_found", "3": "no_image", "4": "no_image", "5": "no_image"}
    assert set(done.split_of()) == {"1", "2"}


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
    code = """
import json, sys, tensorflow as tf
folder = sys.argv[1]
info = json.load(open(folder + "/info.json"))
spec = {f["name"]: tf.io.FixedLenFeature(f["shape"], f["dtype"]) for f in info["features"]}
rows = 0
for split in info["splits"].values():
    for shard in split["shards"]:
        for record in tf.data.TFRecordDataset(folder + "/" + shard["path"], info["compression"]):
            tf.io.parse_single_example(record, spec)
            rows += 1
print(rows)
"""
    command = [sys.executable, "-c", code, str(done.path)]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout.split()[-1] == "20"


def test_a_refused_set_is_written_down_and_cannot_be_read(
    preprocess: Preprocess, photos: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = labelled(10)
    rows[0]["label"] = None
    done = preprocess("--input", source(photos, rows), "--max_dead_letter_ratio", "0.05")
    assert done.code == 3
    assert "failure budget" in str(done.stats.refusal)
    assert not caplog.records  # the reason is told in a line, not in a step's traceback
    with pytest.raises(DatasetError, match="not committed"):
        dataset(str(done.path), split="train")
    done = preprocess("--input", source(photos, rows))
    with pytest.raises(DatasetError, match="has train, val, test"):
        dataset(str(done.path), split="dev")


@pytest.mark.parametrize("missing", ["keep", "dead_letter"])
def test_images_that_cannot_be_had_are_told_and_have_a_budget(
    preprocess: Preprocess, photos: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    rows = labelled(10, images=10)
    rows[0]["img"] = "away.png"
    flags = ("--input", source(photos, rows), "--missing_images", missing)
    done = preprocess(*flags, "--max_missing_image_ratio", "0.05")
    assert done.code == 3
    assert "1 of 10 images could not be had" in str(done.stats.refusal)
    assert preprocess(*flags).code == 0
    assert "images: 9 ok, 1 not_found" in capsys.readouterr().out


def test_groups_that_did_not_settle_are_not_committed(preprocess: Preprocess, photos: Path) -> None:
    words = [f"{WORDS[i % 24]}{i}" for i in range(400)]
    rows = [
        {"id": i, "img": None, "text": " ".join(words[i : i + 40]), "label": 0} for i in range(300)
    ]
    wide = [{**row, "notes": "x" * 70_000} for row in rows]  # a small input needs no rounds
    done = preprocess("--input", source(photos, wide), "--grouping_rounds", "1")
    assert done.code == 1
    assert "--grouping_rounds" in str(done.stats.refusal)
    done = preprocess("--input", source(photos, rows), "--grouping_rounds", "1", run_id="small")
    assert done.code == 0
    done = preprocess("--input", source(photos, wide), run_id="more")
    assert done.code == 0
    assert len(set(done.split_of().values())) == 1


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--splits", "train=0.5"], "add up to 0.5"),
        (["--group_by", "image,words"], "write 'none' or some of"),
        (["--stratify", "--split_column", "part"], "nothing to say"),
        (["--shard_mb", "0"], "out of range"),
        (["--labels", "yes,no,yes"], "'yes' is named twice"),
        (["--image_size", "99999x99999"], "a side has 8,192 pixels at most"),
        (["--text_similarity", "0.2"], "out of range"),
    ],
)
def test_wrong_flags_are_told(
    flags: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(flags)
    except SystemExit as stopped:
        code = int(str(stopped.code))
    assert code == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1


def test_help_needs_neither_beam_nor_tensorflow() -> None:
    code = (
        "import sys, pipelines.preprocess.__main__ as p\n"
        "try: p.main(['--help'])\n"
        "except SystemExit as e: assert e.code == 0\n"
        "heavy = {'apache_beam', 'tensorflow', 'numpy', 'pyarrow', 'PIL'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


def test_the_job_itself_imports_no_tensorflow(preprocess: Preprocess, photos: Path) -> None:
    assert tf.__version__  # of this process; the job's is a fresh one
    code = (
        "import sys, pipelines.preprocess.__main__ as p\n"
        "assert p.main(sys.argv[1:]) == 0\n"
        "assert 'tensorflow' not in sys.modules\n"
    )
    flags = ["--runner=DirectRunner", "--input", source(photos, labelled(5, images=2), "n.jsonl")]
    command = [sys.executable, "-c", code, *flags, "--output", str(photos / "sets")]
    subprocess.run(command, capture_output=True, text=True, check=True)
