"""From a run's review queue through a label tool into a training set, every id as it went."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from pipelines.verify.__main__ import main as verify
from tests.pipelines.export.night import Night, memes, pairs
from tests.review.tools import (
    annotation,
    choice,
    mixed_rows,
    read,
    said,
    write_json,
    write_lines,
    write_table,
)

POLICY = """version: "1"
flags:
  is_hateful: {task: hateful, label: hateful, threshold: 0.5}
review: {sample_clear: 1.0}
"""
ROWS = [*memes(range(100, 106)), *memes(range(100, 102)), *pairs(range(100, 103))]
MEMES = [str(n) for n in range(100, 106)]
PAIRS = [f"{10**18 + 2 * n}:{10**18 + 2 * n + 1}" for n in range(100, 103)]
GIVEN = ("--decision_defaults", "reviewer={file},decided_at=2099-01-01")


def queued(night: Night, form: str, *flags: str) -> Path:
    """A run of which everything is to be looked at."""
    policy = night.folder / "all.yaml"
    policy.write_text(POLICY)
    records = night.records(f"{form}.jsonl", ROWS)
    flags = ("--policy", str(policy), "--review_format", form, *flags)
    return night.score(form, records, flags=flags)


def elements(run: Path, kind: str) -> list[dict[str, Any]]:
    files = sorted(run.glob(f"review_tasks/{kind}-*.json"))
    return [each for file in files for each in json.loads(file.read_text())]


def answered(run: Path, kind: str, label: str) -> list[dict[str, Any]]:
    """The tasks as a project gives them back: one person chose the label in each but the last."""
    config = ET.fromstring((run / f"review_tasks/{kind}.label_config.xml").read_text())
    [control] = config.iter("Choices")
    assert label in [each.get("value") for each in control]
    name = str(control.get("name"))
    late = {"updated_at": "2099-01-01T00:00:00Z"}
    tasks = elements(run, kind)
    return [
        {"id": n, "annotations": [annotation(n, choice(name, label), **late)], **each}
        for n, each in enumerate(tasks[:-1], start=1)
    ] + [{"id": len(tasks), "annotations": [], **tasks[-1]}]


def test_label_studio_gives_back_each_item_that_was_answered_in_every_format(night: Night) -> None:
    run = queued(night, "label_studio", "--slice_rows", "6")
    assert verify([str(run)]) == 0
    tasks = [*answered(run, "meme", "hateful"), *answered(run, "tweet_pair", "Implies")]
    ids = [each["data"]["item_id"] for each in tasks]
    assert sorted(ids) == sorted([*MEMES, *PAIRS])
    assert sum(each["data"]["copies"] for each in tasks) == len(ROWS)
    open_ones = {each["data"]["item_id"] for each in tasks if not each["annotations"]}
    due = {i: "Implies" if ":" in i else "1" for i in {*ids} - open_ones}
    path = write_json(night.folder / "back.json", tasks)
    mixed = (
        write_json(night.folder / "back_min.json", mixed_rows(tasks)),
        write_table(night.folder / "back.csv", mixed_rows(tasks), delimiter="\t"),
    )
    assert [said(read(each)) for each in mixed] == [said(read(path))] * 2
    done = night.export("studio", "--run", str(run), "--decisions", str(path))
    assert done.code == 0
    assert done.labels == due
    assert done.report["decisions"] == {"counted": len(due), "unanswered": 2}


def test_doccano_gives_back_each_example_with_its_id(night: Night) -> None:
    run = queued(night, "doccano")
    assert verify([str(run)]) == 0
    [labels] = run.glob("review_tasks/meme.hateful.labels.json")
    assert {"text": "hateful"} in json.loads(labels.read_text())
    [file] = run.glob("review_tasks/meme-*.jsonl")
    examples = [json.loads(line) for line in file.read_text().splitlines()]
    back = [
        {"id": n, **each, "label": ["hateful"] if n > 1 else [], "Comments": []}
        for n, each in enumerate(examples, start=1)
    ]
    path = write_lines(night.folder / "mary.jsonl", *back)
    done = night.export("doccano", "--run", str(run), "--decisions", str(path), *GIVEN)
    assert done.labels == {each["item_id"]: "1" for each in back[1:]}
    assert {each["item_id"] for each in back} == {*MEMES}
