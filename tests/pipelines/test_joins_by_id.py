"""Items that meet again: by ids that the product made, and by ids as tables wrote them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from pipelines.evaluate.__main__ import main as evaluate
from pipelines.export.__main__ import main as export
from pipelines.score.__main__ import main as score
from tests.models.fakes import export as export_model

QUIET = ("--runner=DirectRunner", "--no_progress", "--run_id", "r")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models of texts: one with two labels, one with three that do not exclude each other."""
    folder = tmp_path_factory.mktemp("ids")
    for name, labels in (("binary", 2), ("several", 3)):
        export_model(
            folder / name,
            inputs={"text": ("string", (None,))},
            score=lambda tensors, labels=labels: {"p": _scores(tensors["text"], labels)},
        )
    return folder


def _scores(text: Any, labels: int) -> Any:
    import tensorflow as tf

    p = (tf.cast(tf.strings.length(text) % 8, tf.float32) + 0.5) / 8
    return tf.stack([1 - p, p, p][:labels], axis=1)


def _decided(path: Path, rows: list[dict[str, Any]]) -> str:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def test_made_ids_of_files_of_one_name_differ_and_lead_back_to_their_records(folder: Path) -> None:
    days = [folder / day / "posts.csv" for day in ("day1", "day2")]
    for number, day in enumerate(days):
        day.parent.mkdir()
        day.write_text(f"text,label\n{'x' * (number + 1)},{number}\nshort,0\n")
    paths = [*map(str, days)]
    layout = ["--record_kind", "meme", "--columns", "id=,img="]
    argv = ["--model", str(folder / "binary"), "--input", *paths, "--output", str(folder / "runs")]
    assert score([*argv, *layout, *QUIET]) == 0
    run = folder / "runs/run_id=r"
    ids = pq.read_table(run / "verdicts").column("item_id").to_pylist()
    assert len(set(ids)) == 4

    decided = [
        {"post": item_id, "verdict": "yes", "who": "ann", "at": 1893456000} for item_id in ids
    ]
    columns = "item_id=post,label=verdict,reviewer=who,decided_at=at,task="
    argv = ["--run", str(run), "--decisions", _decided(folder / "d.csv", decided)]
    out = ["--columns", columns, "--format", "jsonl", "--output", str(folder / "sets")]
    assert export([*argv, *out, *QUIET]) == 0
    (data,) = (folder / "sets/run_id=r/data").glob("*.jsonl")
    rows = [json.loads(line) for line in data.read_text().splitlines()]
    assert {row["id"] for row in rows} == set(ids)
    assert sorted(row["text"] for row in rows) == ["short", "short", "x", "xx"]

    argv = ["--verdicts", str(run), "--labels", *paths, *layout, "--replicates", "40"]
    assert evaluate([*argv, "--output", str(folder / "ev"), *QUIET]) == 0
    metrics = json.loads((folder / "ev/run_id=r/metrics.json").read_text())
    assert metrics["labels"]["rows"]["evaluated"] == 4


def test_decisions_on_several_labels_become_lists(folder: Path) -> None:
    records = folder / "memes.jsonl"
    memes = [{"id": n, "img": None, "text": "x" * (n + 1)} for n in range(4)]
    records.write_text("".join(json.dumps(meme) + "\n" for meme in memes))
    rule = {"task": "tricks", "label": "slur", "action": "record"}
    policy = folder / "policy.yaml"
    policy.write_text(yaml.safe_dump({"version": "1", "flags": {"is_slur": rule}}))
    argv = ["--model", str(folder / "several"), "--labels", "slur,threat,mockery"]
    argv += ["--task", "tricks", "--activation", "sigmoid", "--policy", str(policy)]
    argv += ["--record_kind", "meme", "--input", str(records)]
    assert score([*argv, "--output", str(folder / "several_runs"), *QUIET]) == 0
    said = [
        (0, "ann", "slur|Threat"),
        (1, "ann", '["mockery"]'),
        (1, "bob", "mockery|slur"),
        (1, "eve", "MOCKERY"),
        (2, "ann", "|"),
        (3, "ann", "slur"),
        (3, "bob", "threat"),
    ]
    rows = [
        {"item_id": f"{n}.0", "task": "tricks", "label": label, "reviewer": who,
         "decided_at": "2099-01-01 10:00:00 UTC"}
        for n, who, label in said
    ]  # fmt: skip
    decisions = _decided(folder / "several.csv", rows)
    argv = ["--run", str(folder / "several_runs/run_id=r"), "--decisions", decisions]
    argv += ["--tasks", "meme=tricks", "--multi_label", "tricks"]
    assert export([*argv, "--output", str(folder / "several_sets"), *QUIET]) == 0
    data = folder / "several_sets/run_id=r/data"
    lines = [json.loads(line) for line in next(data.glob("*.jsonl")).read_text().splitlines()]
    labels = {row["id"]: row["label"] for row in lines}
    assert labels == {"0": ["slur", "threat"], "1": ["mockery"], "2": []}
    table = pq.read_table(next(data.glob("*.parquet")))
    told = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    names = told["label"][0]["names"]
    assert names == ["mockery", "slur", "threat"]
    found = {row["id"]: [names[n] for n in row["label"]] for row in table.to_pylist()}
    assert {item: sorted(of) for item, of in found.items()} == labels
