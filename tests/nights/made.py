"""Runs made by hand from the schemas' models, as many and as old as a test wants."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from moderation.audit.intervals import share_of_items
from moderation.runs.commit import as_json
from schemas.audit import Account, Audit
from schemas.distributions import Distributions, FlagRate
from schemas.drift import BlockCounts
from schemas.manifest import OutputEntry
from schemas.policy import Action
from schemas.records import Kind
from tests.audit.drift.nights import night as blocks_of_night
from tests.runs import scored
from tests.runs.manifests import MANIFEST

QUEUE = "review_queue/part-00000-of-00001.jsonl"


def make_run(
    runs: Path,
    run_id: str,
    *,
    blocks: list[BlockCounts] | None = None,
    raised: int = 5,
    queue: list[dict[str, Any]] | None = None,
    threshold: float = 0.5,
    **changed: Any,
) -> Path:
    """A committed run of a hundred rows; ``changed``: fields of its manifest."""
    path = runs / f"run_id={run_id}"
    (path / "review_queue").mkdir(parents=True)
    manifest = MANIFEST.model_copy(update={"run_id": run_id, "inputs": [], **changed})
    audit = _audit(run_id, raised, threshold).model_copy(update={"blocks": blocks or []})
    (path / "audit.json").write_bytes(as_json(audit))
    (path / QUEUE).write_text("".join(json.dumps(entry) + "\n" for entry in queue or []))
    outputs = [
        OutputEntry(path=name, rows=rows, bytes=0, sha256="")
        for name, rows in (("audit.json", None), (QUEUE, len(queue or [])))
    ]
    manifest = manifest.model_copy(update={"outputs": outputs})
    (path / "manifest.json").write_bytes(as_json(manifest))
    return scored.seal(path) if manifest.status == "committed" else path


def _audit(run_id: str, raised: int, threshold: float) -> Audit:
    flag = FlagRate(
        flag="is_hateful",
        task="hateful",
        kind=Kind.MEME,
        label="hateful",
        threshold=threshold,
        band=(threshold, threshold),
        action=Action.FLAG,
        raised=share_of_items(raised, 80),
        to_review=share_of_items(0, 80),
        rows=90,
        rows_raised=raised,
    )
    told = Distributions(
        quantile_error=0.01,
        quantile_least=0.001,
        labels=[],
        flags=[flag],
        decisions=[],
        calibrations=[],
    )
    return scored.AUDIT.model_copy(
        update={
            "run_id": run_id,
            "account": Account(read=100, scored=80, reused=0, duplicates=10, dead_lettered=10),
            "decisions": {"meme": {"flag": raised, "clear": 90 - raised}},
            "distributions": told,
            "fetching": {"fetches": 7, "bytes": 1_234},
        }
    )


def entry(item: str, p: float, *, key: str | None = None) -> dict[str, Any]:
    """A line of a review queue, as far as anybody asks."""
    return {
        "item_id": item,
        "kind": "meme",
        "content_key": key or f"{item:0>32}",
        "probabilities": {"hateful.not_hateful": 1 - p, "hateful.hateful": p},
    }


def blocks(seed: int, *, shift: float = 0.0, families: int = 400) -> list[BlockCounts]:
    """What a night counted for later ones."""
    return blocks_of_night(np.random.default_rng(seed), families, shift=shift)
