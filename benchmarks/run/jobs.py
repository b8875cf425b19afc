"""What several rows start: ``pipelines.score`` over pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.run import materials
from benchmarks.run.settings import Settings
from benchmarks.run.turns import ROOT, Way

_FEW_BATCHES = 2
_LEAST_MEASURED = 320
"""More than ``--precision auto`` measures with: less, and only the run that is timed would."""


def few(settings: Settings, *, auto: bool = False) -> int:
    """Rows that a run is started with before one is timed; ``auto``: of a way that chooses."""
    least = _FEW_BATCHES * settings.batch_size
    return max(_LEAST_MEASURED, least) if auto else least


def sizes(settings: Settings, *, auto: bool = False) -> dict[str, Any]:
    """Of every way over pairs."""
    return {
        "few": few(settings, auto=auto),
        "rows": settings.pairs,
        "batch_size": settings.batch_size,
        "device": settings.device,
    }


def score(
    settings: Settings,
    records: Path,
    *,
    flags: Sequence[str] = (),
    model: Path | None = None,
    checkout: Path = ROOT,
    more: Mapping[str, Any] | None = None,
) -> Way:
    """The whole job; the model: the example's, if no other is given; the precision: the job's."""
    used = model or materials.model(settings, "example")
    given = ["--runner=DirectRunner", "--batch_size", str(settings.batch_size)]
    given += ["--model", str(used), "--labels", materials.LABELS, *flags]
    auto = "--precision" not in flags
    job = {**sizes(settings, auto=auto), "records": str(records), "flags": given}
    job["output"] = str(settings.work / "runs")
    return Way("score", {**job, **(more or {})}, checkout=checkout, gpu=settings.gpu)


def own_pairs(settings: Settings) -> Path:
    """Records whose pictures are their own, as files."""
    pairs = materials.own(0, few(settings, auto=True) + settings.pairs)
    folder = materials.pictures(settings, 2 * len(pairs))
    return materials.write_pairs(settings.work / "own.csv", pairs, str(folder))
