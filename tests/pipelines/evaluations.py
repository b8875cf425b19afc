"""What tests of the evaluation need: scores, labels, committed runs, and a way to run the job."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from moderation.verdicts.run_tables import VERDICT_SCHEMA
from pipelines.evaluate.__main__ import main
from schemas.manifest import InputEntry, Manifest, OutputEntry
from schemas.metrics import Evaluation, TaskMetrics

HATEFUL = ("not_hateful", "hateful")
ENTAILMENT = ("Contradictory", "Implies", "NoEntailment")
QUICK = ("--replicates", "60")


@dataclass(frozen=True)
class Evaluated:
    """An evaluation that is over."""

    code: int
    path: Path

    @property
    def report(self) -> Evaluation:
        return Evaluation.model_validate_json((self.path / "metrics.json").read_text())

    @property
    def task(self) -> TaskMetrics:
        """The only one."""
        (task,) = self.report.tasks
        return task

    @property
    def figures(self) -> list[dict[str, Any]]:
        """Everything measured, for comparing two evaluations."""
        return [task.model_dump(mode="json") for task in self.report.tasks]

    @property
    def labels(self) -> dict[str, int]:
        return {name: rows for name, rows in self.report.labels.rows.items() if rows}

    @property
    def verdicts(self) -> dict[str, int]:
        return {name: rows for name, rows in self.report.verdicts.rows.items() if rows}

    @property
    def letters(self) -> list[dict[str, Any]]:
        files = sorted(self.path.glob("dead_letters/*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]

    @property
    def committed(self) -> bool:
        return (self.path / "_SUCCESS").exists()


@dataclass(frozen=True)
class Desk:
    """A folder with scores, labels and evaluations."""

    folder: Path

    def evaluate(self, *flags: str, run_id: str = "t", quick: bool = True) -> Evaluated:
        """Run the job as the command line does, in this process."""
        out = self.folder / "evaluations"
        argv = ["--output", str(out), "--run_id", run_id, "--no_progress"]
        code = main([*argv, *(QUICK if quick else ()), *flags])
        return Evaluated(code, out / f"run_id={run_id}")

    def jsonl(self, name: str, rows: Iterable[Mapping[str, Any] | str]) -> str:
        """Rows as JSON lines; a string is written as it is."""
        path = self.folder / name
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path.write_text("".join(f"{line}\n" for line in lines))
        return str(path)

    def csv(self, name: str, rows: Sequence[Mapping[str, Any]]) -> str:
        """Rows as CSV, with all columns that any of them has."""
        path = self.folder / name
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
        return str(path)

    def run(
        self,
        run_id: str,
        verdicts: Sequence[Mapping[str, Any]],
        *,
        letters: Sequence[Mapping[str, Any]] = (),
        fingerprint: str = "sha256:one",
    ) -> str:
        """A committed run of the scoring job, as it would have been written."""
        path = self.folder / "runs" / f"run_id={run_id}"
        (path / "verdicts").mkdir(parents=True)
        (path / "dead_letters").mkdir()
        table = pa.Table.from_pylist(list(verdicts), schema=VERDICT_SCHEMA)
        pq.write_table(table, path / "verdicts" / "part-00000-of-00001.parquet")
        told = "".join(json.dumps(letter) + "\n" for letter in letters)
        (path / "dead_letters" / "part-00000-of-00001.jsonl").write_text(told)
        counts = {"verdicts": len(verdicts), "dead_letters": len(letters)}
        manifest = Manifest(
            run_id=run_id,
            status="committed",
            refusal=None,
            started_at="2026-01-01T00:00:00+00:00",
            finished_at="2026-01-01T00:01:00+00:00",
            inputs=[InputEntry(path="memes.jsonl", bytes=1, rows=len(verdicts), digest=None)],
            outputs=[_entry(path, file, counts[file.parent.name]) for file in path.glob("*/*")],
            options={},
            versions={},
            model_name="model",
            model_fingerprint=fingerprint,
            policy_version="1",
            policy_digest="sha256:policy",
        )
        data = manifest.model_dump_json().encode()
        (path / "manifest.json").write_bytes(data)
        marker = {"manifest_sha256": hashlib.sha256(data).hexdigest()}
        (path / "_SUCCESS").write_text(json.dumps(marker))
        return str(path)


def memes(
    items: int, *, seed: int = 0, signal: float = 1.0, levels: int = 50
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Labelled memes, and a model's scores of them, ties among them."""
    random = np.random.default_rng(seed)
    truth = np.random.default_rng(99).integers(2, size=items)
    p = 1 / (1 + np.exp(-signal * (random.normal(size=items) + 2.0 * truth - 1.0)))
    p = np.round(p * levels) / levels
    langs = ("de", "en", "fr", None)
    labels = [
        {
            "id": i,
            "img": f"{i}.png",
            "text": hashlib.sha256(str(i).encode()).hexdigest()[:40],
            "label": int(truth[i]),
            "lang": langs[i % 4],
        }
        for i in range(items)
    ]
    scores = [score(str(i), float(p[i])) for i in range(items)]
    return labels, scores


def pairs(items: int, *, seed: int = 0) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Labelled tweet pairs, and a model's scores of them."""
    random = np.random.default_rng(seed)
    truth = random.integers(3, size=items)
    logits = np.round(random.normal(size=(items, 3)) + np.eye(3)[truth], 1)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = [
        {"id_1": f"a{i}", "id_2": f"b{i}", "label": ENTAILMENT[truth[i]], "lang": "de"}
        for i in range(items)
    ]
    scores = [
        {
            "item_id": f"a{i}:b{i}",
            "kind": "tweet_pair",
            "task": "entailment",
            **{f"p_{name}": float(p[i, k]) for k, name in enumerate(ENTAILMENT)},
        }
        for i in range(items)
    ]
    return labels, scores


def score(item_id: str, p: float, **more: Any) -> dict[str, Any]:
    """A row of a score file about a meme."""
    row = {"item_id": item_id, "kind": "meme", "task": "hateful"}
    return {**row, "p_not_hateful": 1.0 - p, "p_hateful": p, **more}


def verdict(item_id: str, p: float, **more: Any) -> dict[str, Any]:
    """A row of ``verdicts/`` about a meme."""
    return {
        "item_id": item_id,
        "kind": "meme",
        "content_key": hashlib.md5(item_id.encode()).hexdigest(),
        "source": "memes.jsonl",
        "row": 1,
        "probabilities": {"hateful.not_hateful": 1.0 - p, "hateful.hateful": p},
        "other_flags": {},
        "decision": "clear",
        "reasons": [],
        "modalities": ["text", "img"],
        "images": [],
        "label": None,
        "extras": "{}",
        "reused": False,
        "model_fingerprint": "sha256:one",
        "policy_version": "1",
        "run_id": "one",
        "scored_at": "2026-01-01T00:00:00+00:00",
        **more,
    }


def joined(scores: str, labels: str) -> pd.DataFrame:
    """The files joined by pandas alone: memes, ``p`` and ``label``."""
    told = pd.read_csv(scores, dtype={"item_id": str})
    true = pd.read_json(labels, lines=True, dtype={"id": str})
    return told.merge(true, left_on="item_id", right_on="id", validate="one_to_one")


def _entry(run: Path, file: Path, rows: int) -> OutputEntry:
    data = file.read_bytes()
    return OutputEntry(
        path=str(file.relative_to(run)),
        rows=rows,
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
