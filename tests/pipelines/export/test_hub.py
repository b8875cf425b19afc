"""A set on its way out: split without leaks, loaded by the Hub's library, and back in here."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipelines.preprocess.__main__ import main as preprocess
from tests.pipelines.exports import Exported, House, decision

COUNT = 40


def width(n: int) -> int:
    """Of a meme's picture, in pixels: two of four have the same picture."""
    return 20 + n - (n % 4 == 1)


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory, model: str) -> Exported:
    """Memes with pictures of their own, but for every fourth, which has its neighbour's."""
    house = House(tmp_path_factory.mktemp("hub"), model)
    for n in range(COUNT):
        picture = Image.new("RGB", (width(n), 20), (width(n), 90, 200))
        picture.save(house.folder / f"{n}.png")
    words = ["amber", "birch", "cedar", "dune", "ember", "fjord", "grove", "heron", "iris", "jade"]
    rows = [
        {"id": n, "img": f"{n}.png", "text": f"{words[n % 10]} {words[n // 10]} {n * n} {n}"}
        for n in range(COUNT)
    ]
    (house.folder / "3.png").unlink()
    run = house.score("r", house.records("memes.jsonl", rows))
    given = [decision(str(n), str(n % 2)) for n in range(COUNT)]
    shares = "train=0.6,val=0.2,test=0.2"
    decided = house.decisions("d.jsonl", given)
    return house.export("s", "--run", str(run), "--decisions", decided, "--splits", shares)


def loaded(found: Exported) -> Any:
    import datasets

    datasets.disable_progress_bars()
    return datasets.load_dataset(str(found.path), cache_dir=str(found.path.parent / "cache"))


def test_splits_have_the_hubs_names_their_share_of_labels_and_share_no_picture(
    split: Exported,
) -> None:
    found = loaded(split)
    assert set(found) == {"train", "validation", "test"}
    assert sum(map(len, found.values())) == COUNT
    assert split.report["rows_by_split"] == {"meme": {n: len(s) for n, s in sorted(found.items())}}
    splits = defaultdict(set)
    for name, rows in found.items():
        assert len(rows) >= 4
        assert len(set(rows["label"])) == 2
        for row in rows:
            splits[int(row["id"])].add(name)
            assert row["split"] == name
            shown = row["img"] and row["img"].size
            assert shown == (None if row["id"] == "3" else (width(int(row["id"])), 20))
            assert rows.features["label"].int2str(row["label"]) == str(int(row["id"]) % 2)
    assert all(splits[n] == splits[n + 1] for n in range(0, COUNT, 4))


def test_a_picture_that_the_run_could_not_have_is_null_and_its_reference_stays(
    split: Exported,
) -> None:
    [row] = [row for row in split.rows.values() if row["id"] == "3"]
    assert row["img"] is None
    assert row["provenance"]["images"] == ["3.png"]


def test_the_set_is_preprocessed_with_its_splits_and_verified(
    split: Exported, tmp_path: Path
) -> None:
    from moderation.runs.verify import verify

    argv = ["--input", str(split.path / "data" / "*.parquet"), "--output", str(tmp_path)]
    flags = ["--split_column", "split", "--run_id", "p", "--no_progress", "--group_by", "image"]
    assert preprocess([*argv, *flags]) == 0
    stats = json.loads((tmp_path / "run_id=p" / "stats.json").read_text())
    told = split.report["rows_by_split"]["meme"]
    rows = {name: each["rows"] for name, each in stats["splits"].items()}
    assert rows == {"train": told["train"], "val": told["validation"], "test": told["test"]}
    assert stats["images"]["img"] == {"absent": 1, "ok": COUNT - 1}
    faults: list[Any] = []
    verify(str(split.path), faults.append)
    assert not faults


def test_files_of_the_layout_before_are_read_as_they_were(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "images").mkdir()
    Image.new("RGB", (8, 8), (9, 200, 40)).save(tmp_path / "images" / "a.png")
    columns = {"id": ["1"], "text": ["one"], "img": ["images/a.png"], "label": ["1"]}
    pq.write_table(pa.table(columns), tmp_path / "meme-00000-of-00001.parquet")
    argv = ["--input", str(tmp_path / "*.parquet"), "--output", str(tmp_path / "out")]
    assert preprocess([*argv, "--run_id", "p", "--no_progress", "--splits", "train=1"]) == 0
    stats = json.loads((tmp_path / "out" / "run_id=p" / "stats.json").read_text())
    assert stats["images"]["img"] == {"ok": 1}
    assert stats["splits"]["train"]["labels"]["meme"]["1"]["rows"] == 1
