"""What tests of the export need: scored runs, decisions files, and a way to run the job."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
from PIL import Image

from pipelines.export.__main__ import main as export_main
from pipelines.score.__main__ import main as score_main

REVIEWERS = ("Ada Byron", "Grace Hopper", "Alan Turing", "Mary Jackson")
KEY = "test-key-" * 4
COLUMNS = ("item_id", "task", "label", "reviewer", "decided_at")
MEME_LABELS = ("0", "1", "hateful", "not_hateful")
PAIR_LABELS = ("Contradictory", "Implies", "NoEntailment")


@dataclass(frozen=True)
class Exported:
    """An export that is over."""

    code: int
    path: Path

    @property
    def report(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.path / "export.json").read_text())
        return loaded

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        """Rows of the Parquet files by item id."""
        found = [
            row for file in sorted(self.path.glob("data/*.parquet")) for row in table_rows(file)
        ]
        by_id = {row["provenance"]["item_id"]: row for row in found}
        assert len(by_id) == len(found), "an item is in the set twice"
        return by_id

    @property
    def labels(self) -> dict[str, str]:
        return {item_id: row["label"] for item_id, row in self.rows.items()}

    def lines(self, table: str) -> list[dict[str, Any]]:
        files = sorted(self.path.glob(f"{table}/*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def table_rows(file: Path) -> list[dict[str, Any]]:
    """Rows of a Parquet file, labels by the names in its footer, images by their paths."""
    table = pq.read_table(file)
    features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    names = features["label"]["names"]
    images = [name for name, feature in features.items() if feature.get("_type") == "Image"]
    return [
        {
            **row,
            **{name: row[name] and row[name]["path"] for name in images},
            "label": names[row["label"]],
        }
        for row in table.to_pylist()
    ]


@dataclass(frozen=True)
class House:
    """A folder with records, runs and exports."""

    folder: Path
    model: str

    def pictures(self, count: int = 10) -> None:
        """Grey pictures, dark to bright: ``0.png`` and on."""
        for index in range(count):
            picture = Image.new("RGB", (20 + index, 20), (min(255, 25 * index),) * 3)
            picture.save(self.folder / f"{index}.png")

    def records(self, name: str, rows: list[dict[str, Any]]) -> str:
        """A JSONL file of records."""
        path = self.folder / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return str(path)

    def score(self, run_id: str, *inputs: str, flags: tuple[str, ...] = ()) -> Path:
        """Score records; the run's directory comes back."""
        runs = self.folder / "runs"
        argv = ["--input", *inputs, "--output", str(runs), "--run_id", run_id, "--no_progress"]
        assert score_main([*argv, "--model", self.model, *flags]) == 0
        return runs / f"run_id={run_id}"

    def decisions(self, name: str, rows: list[dict[str, Any]]) -> str:
        """A decisions file, CSV or JSONL by its name."""
        path = self.folder / name
        if name.endswith(".csv"):
            with path.open("w", newline="") as file:
                writer = csv.DictWriter(file, [*COLUMNS, "note"])
                writer.writeheader()
                writer.writerows(rows)
        else:
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return str(path)

    def export(self, run_id: str, *flags: str) -> Exported:
        """Run the job as the command line does, in this process."""
        sets = self.folder / "sets"
        argv = ["--output", str(sets), "--run_id", run_id, "--no_progress", *flags]
        return Exported(export_main(argv), sets / f"run_id={run_id}")


def decision(
    item_id: str, label: str, reviewer: str = "Ada Byron", **changes: Any
) -> dict[str, Any]:
    """One row of a decisions file; of a pair where the id has two parts."""
    task = "entailment" if ":" in item_id else "hateful"
    row = {
        "item_id": item_id,
        "task": task,
        "label": label,
        "reviewer": reviewer,
        "decided_at": "2099-01-01T00:00:00Z",
    }
    return {**row, **changes}


def verdicts_of(*runs: Path) -> pd.DataFrame:
    """The verdicts of runs, read by pandas alone."""
    files = [file for run in runs for file in sorted(run.glob("verdicts/*.parquet"))]
    return pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)


def decisions_of(*paths: str) -> pd.DataFrame:
    """Decisions files, read by pandas alone, in the order of their paths."""
    tables = []
    for path in sorted(paths):
        text = dict.fromkeys(COLUMNS, str)
        if path.endswith(".csv"):
            table = pd.read_csv(path, dtype=text)
        else:
            table = pd.read_json(path, lines=True, dtype=text, convert_dates=False)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
