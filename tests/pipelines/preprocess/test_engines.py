from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults.forks import Forks
from tests.pipelines.preprocessing import Preprocess, Set, labelled
from tests.pipelines.scoring import write_jsonl

SHARDS = ["--shard_mb", "0.1", "--image_size", "32x32"]


def parts(folder: Path, *, name: str = "part{}.jsonl") -> list[str]:
    """A set with everything that must not depend on order, in four files."""
    rows: list[Any] = labelled(200, images=40)
    rows += [{**row, "id": f"t{row['id']}", "text": row["text"] + " !"} for row in rows[60:100]]
    rows += [{**row, "id": f"c{row['id']}", "label": 1 - row["label"]} for row in rows[:10]]
    rows += [dict(row) for row in rows[30:40]]
    return [write_jsonl(folder / name.format(part), rows[part::4]) for part in range(4)]


@pytest.mark.parametrize(
    "flags",
    [
        ["--direct_num_workers", "2", "--direct_running_mode", "multi_threading"],
        pytest.param(
            ["--direct_num_workers", "2", "--direct_running_mode", "multi_processing"],
            marks=pytest.mark.slow,
        ),
    ],
    ids=["threads", "processes"],
)
def test_engines_and_workers_write_the_same_bytes(
    preprocess: Preprocess, photos: Path, flags: list[str]
) -> None:
    files = parts(photos)
    one = preprocess("--input", *files, *SHARDS)
    other = preprocess("--input", *files, *SHARDS, *flags, run_id="other")
    assert (one.code, other.code) == (0, 0)
    assert len(one.shards) > 3
    assert other.shards == one.shards
    assert other.info.content_digest == one.info.content_digest
    assert other.stats.account == one.stats.account


@pytest.mark.parametrize("flags", [[], ["--stratify"]], ids=["hash", "stratified"])
def test_another_order_and_place_of_the_files_writes_the_same_bytes(
    preprocess: Preprocess, photos: Path, tmp_path: Path, flags: list[str]
) -> None:
    one = preprocess("--input", *parts(photos), *SHARDS, *flags)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(photos, elsewhere)
    for file in elsewhere.glob("*.jsonl"):
        file.unlink()
    for part, file in enumerate(reversed(parts(elsewhere, name="x{}.jsonl"))):
        lines = Path(file).read_text().splitlines()
        (elsewhere / f"part{part}.jsonl").write_text("\n".join(reversed(lines)) + "\n")
        Path(file).unlink()
    other = preprocess("--input", str(elsewhere), *SHARDS, *flags, run_id="other")
    assert (one.code, other.code) == (0, 0)
    assert other.shards == one.shards


def test_a_run_killed_in_the_middle_is_done_anew_with_nothing_lost_or_doubled(
    preprocess: Preprocess, photos: Path, tmp_path: Path, forks: Forks
) -> None:
    rows = 1_500
    source = write_jsonl(photos / "many.jsonl", labelled(rows, images=40))
    run = tmp_path / "sets" / "run_id=t"
    argv = ["--runner=DirectRunner", "--input", source, "--output", str(run.parent)]
    child = forks.start(
        "pipelines.preprocess", [*argv, "--run_id", "t", *SHARDS], tmp_path / "told"
    )
    child.kill_once(lambda: list(run.glob("_staging/encoded/*")))
    assert not (run / "_SUCCESS").exists()
    assert list(run.glob("_staging/*"))
    again: Set = preprocess("--input", source, *SHARDS)
    assert again.code == 0
    ids = Counter(
        example["item_id"]
        for some in again.examples(decode_images=False).values()
        for example in some
    )
    assert ids == Counter(str(index).encode() for index in range(rows))
    fresh = preprocess("--input", source, *SHARDS, run_id="fresh")
    assert fresh.shards == again.shards
