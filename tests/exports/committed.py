"""Committed runs that hold no rows."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from schemas.manifest import InputEntry, Manifest, OutputEntry


def commit(folder: Path, run_id: str, *, source: str = "/data/a.jsonl", **changes: Any) -> Path:
    """A run directory that has no more than its marker and manifest."""
    run = folder / f"run_id={run_id}"
    run.mkdir(parents=True)
    values: dict[str, Any] = {
        "run_id": run_id,
        "status": "committed",
        "refusal": None,
        "started_at": "",
        "finished_at": "",
        "inputs": [InputEntry(path=source, bytes=9, rows=2, digest="sha256:0")],
        "outputs": [OutputEntry(path="verdicts/part-0.parquet", rows=2, bytes=9, sha256="0")],
        "options": {},
        "versions": {},
        "model_name": "m",
        "model_fingerprint": "f",
        "policy_version": "p",
        "policy_digest": "d",
    }
    data = Manifest(**{**values, **changes}).model_dump_json().encode()
    (run / "manifest.json").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    (run / "_SUCCESS").write_text(json.dumps({"manifest_sha256": digest}))
    return run
