"""A small committed run of score, made by hand, and ways to change it behind its digests' back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from moderation.runs.commit import as_json
from moderation.storage.shards import StagedFile, TableLayout
from moderation.verdicts.run_tables import VERDICT_SCHEMA
from schemas.audit import Account, Audit, DeadLetterCount
from schemas.manifest import InputEntry, OutputEntry
from tests.runs.manifests import MANIFEST

PART = "part-00000-of-00001"
VERDICTS, LETTERS = f"verdicts/{PART}.parquet", f"dead_letters/{PART}.jsonl"
QUEUE = f"review_queue/{PART}.jsonl"


def make(path: Path, *, file_format: str = "parquet") -> Path:
    """Five rows: two clear, one a duplicate of them, one for review, one dead letter."""
    schema = VERDICT_SCHEMA if file_format == "parquet" else None
    verdicts = [verdict(0), verdict(1), verdict(1, row=3), verdict(3, decision="review")]
    queued = {name: verdicts[3][name] for name in QUEUED} | {"texts": {}, "copies": 1}
    outputs = [
        table(path, TableLayout("verdicts", schema), verdicts),
        table(path, TableLayout("dead_letters"), [LETTER]),
        table(path, TableLayout("review_queue"), [queued]),
    ]
    (path / "audit.json").write_bytes(as_json(AUDIT))
    outputs.append(OutputEntry(path="audit.json", rows=None, bytes=0, sha256=""))
    read = InputEntry(path="/in.jsonl", bytes=1, rows=5, digest=None)
    manifest = MANIFEST.model_copy(update={"outputs": outputs, "inputs": [read]})
    (path / "manifest.json").write_bytes(as_json(manifest))
    return seal(path)


def seal(path: Path) -> Path:
    """Bring the manifest's digests and the marker up to date, as somebody might who hides a change.

    Row counts stay what they were.
    """

    def renew(manifest: dict[str, Any]) -> None:
        for entry in manifest["outputs"]:
            data = (path / entry["path"]).read_bytes()
            entry |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}

    change_json(path / "manifest.json", renew)
    return mark(path)


def mark(path: Path) -> Path:
    """Write the marker of the manifest that is there."""
    sha256 = hashlib.sha256((path / "manifest.json").read_bytes()).hexdigest()
    run_id = json.loads((path / "manifest.json").read_text())["run_id"]
    marker = {"run_id": run_id, "manifest_sha256": sha256, "token": "t"}
    (path / "_SUCCESS").write_text(json.dumps(marker))
    return path


def change_json(file: Path, change: Callable[[Any], object]) -> None:
    """Rewrite a JSON file, changed in place."""
    loaded = json.loads(file.read_text())
    change(loaded)
    file.write_text(json.dumps(loaded))


def change_line(file: Path, **values: object) -> None:
    """Rewrite the first line of a JSONL file."""
    first, *rest = file.read_text().splitlines()
    changed = json.dumps({**json.loads(first), **values})
    file.write_text("\n".join([changed, *rest]) + "\n")


def verdict(number: int, *, row: int | None = None, decision: str = "clear") -> dict[str, Any]:
    """A verdict on a meme without a picture."""
    return {
        "item_id": str(number),
        "kind": "meme",
        "content_key": f"{number:032x}",
        "source": "/in.jsonl",
        "row": row or number + 1,
        "probabilities": {"hateful.0": 0.75, "hateful.1": 0.25},
        "entailment_label": None,
        "is_contradiction": None,
        "is_implication": None,
        "is_hateful": False,
        "other_flags": {},
        "decision": decision,
        "reasons": ["review_band:is_hateful"] if decision == "review" else [],
        "modalities": ["text"],
        "images": [],
        "label": None,
        "extras": "{}",
        "reused": False,
        "model_fingerprint": "f",
        "policy_version": "p",
        "run_id": "t",
        "scored_at": "2026-01-31T02:00:00+00:00",
    }


QUEUED = ("item_id", "kind", "content_key", "reasons", "probabilities", "images", "source", "row")
QUEUED = (*QUEUED, "run_id", "model_fingerprint", "policy_version")

LETTER = {
    "run_id": "t",
    "source": "/in.jsonl",
    "row": 5,
    "item_id": None,
    "kind": None,
    "stage": "read",
    "code": "invalid_json",
    "retryable": False,
    "attempts": 1,
    "message": "not a JSON object",
    "record": "{",
    "redacted": [],
}

AUDIT = Audit(
    run_id="t",
    status="committed",
    refusal=None,
    started_at="",
    finished_at="",
    account=Account(read=5, scored=3, reused=0, duplicates=1, dead_lettered=1),
    reconciles=True,
    rows_by_kind={"meme": 4},
    decisions={"meme": {"clear": 3, "review": 1}},
    flags={},
    entailment_labels={},
    review_reasons={},
    modalities={},
    images={},
    histograms=[],
    dead_letters=[
        DeadLetterCount(stage="read", code="invalid_json", retryable=False, rows=1, examples=[])
    ],
    sources=[],
    sources_left_out=0,
    fetching={},
    model={},
    policy={},
)


def table(path: Path, layout: TableLayout, rows: list[dict[str, Any]]) -> OutputEntry:
    """A table of one file; the manifest's entry of it."""
    staged = StagedFile(layout, str(path / "_staging"))
    for row in rows:
        staged.add(row)
    shard = staged.close()
    name = f"{layout.table}/{PART}.{layout.extension}"
    (path / layout.table).mkdir(parents=True, exist_ok=True)
    Path(shard.path).rename(path / name)
    Path(shard.path).parent.rmdir()
    return OutputEntry(path=name, rows=shard.rows, bytes=shard.bytes, sha256=shard.sha256)
