"""What an evaluation reads: runs, score files, examples, an earlier evaluation. Found, not read."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from moderation.evaluation.facts import Baseline
from moderation.evaluation.pairing.item_table import ITEMS
from moderation.evaluation.pairing.read_sides import LabelledExamples
from moderation.records.read_tfrecord import read_info
from moderation.runs.committed import (
    CommittedRun,
    RunError,
    match_runs,
    open_run,
    read_manifest,
    table_files,
)
from moderation.runs.marker import usual
from moderation.storage import files
from moderation.storage.input_files import Format, InputFile
from pipelines.command.usage import UsageError
from schemas.card import Card
from schemas.manifest import Manifest
from schemas.metrics import ScoredBy


def open_runs(patterns: Iterable[str]) -> tuple[CommittedRun, ...]:
    """Committed runs of one model, in the order of their ids; raises ``RunError``."""
    name = "verdicts"
    folders = (path for pattern in patterns for path in match_runs(pattern, name=name))
    runs = tuple(open_run(path, name=name) for path in dict.fromkeys(folders))
    models = {run.manifest.model_fingerprint: run for run in runs}
    if len(models) > 1:
        one, other, *_ = models.values()
        raise RunError(
            f"--verdicts: {one.path} and {other.path} are of different models "
            f"({one.manifest.model_fingerprint} and {other.manifest.model_fingerprint}). Evaluate "
            "each, and compare them with --baseline"
        )
    return tuple(sorted(runs, key=lambda run: run.manifest.run_id))


def former_items(path: str | None) -> tuple[Manifest | None, tuple[InputFile, ...]]:
    """Manifest and items of an earlier evaluation; raises ``RunError``."""
    if path is None:
        return None, ()
    folder = path.rstrip("/")
    manifest = read_manifest(folder, name="baseline")
    if not any(usual(entry.path) == "metrics.json" for entry in manifest.outputs):
        raise RunError(
            f"--baseline {path!r} is no evaluation: give a directory of pipelines.evaluate"
        )
    return manifest, tuple(table_files(folder, manifest, ITEMS.table))


def baseline_of(path: str | None, manifest: Manifest | None) -> Baseline | None:
    """The earlier evaluation as the report names it."""
    if path is None or manifest is None:
        return None
    model = tuple(filter(None, (manifest.model_name, manifest.model_fingerprint)))
    return Baseline(path.rstrip("/"), manifest.run_id, model)


def open_examples(path: str | None, split: str) -> LabelledExamples | None:
    """The shards of one split; raises ``UsageError`` and ``DatasetError``."""
    if path is None:
        return None
    folder, info = path.rstrip("/"), read_info(path)
    if split not in info.splits:
        raise UsageError(f"--split {split!r}: {path!r} has {', '.join(info.splits)}")
    shards = info.splits[split].shards
    files = (InputFile(f"{folder}/{shard.path}", shard.bytes, Format.JSONL) for shard in shards)
    return LabelledExamples(tuple(files), info.compression, info.splits[split].examples)


def scored_by_run(run: CommittedRun) -> ScoredBy:
    """A run as the report names it."""
    return ScoredBy(
        path=run.path,
        run_id=run.manifest.run_id,
        model_name=run.manifest.model_name,
        model_fingerprint=run.manifest.model_fingerprint,
        policy_version=run.manifest.policy_version,
        rows=run.verdicts,
    )


def scored_by_file(file: InputFile) -> ScoredBy:
    """A score file as the report names it."""
    return ScoredBy(
        path=file.path,
        run_id=None,
        model_name=None,
        model_fingerprint=None,
        policy_version=None,
        rows=0,
    )


def thresholds_of(bundle: str | None, tasks: Collection[str]) -> dict[str, dict[str, float]]:
    """Thresholds by task and label on a bundle's card, of these tasks; raises ``UsageError``."""
    if bundle is None or not tasks:
        return {}
    try:
        card = Card.model_validate_json(files.read_bytes(f"{bundle.rstrip('/')}/card.json"))
    except (OSError, ValueError) as error:
        raise UsageError(f"--thresholds {bundle!r} has no card.json that can be read") from error
    thresholds = {task.name: dict(task.thresholds) for task in card.tasks if task.name in tasks}
    if not thresholds:
        answers = ", ".join(task.name for task in card.tasks)
        raise UsageError(f"--thresholds {bundle!r} answers {answers}, not --multi_label's tasks")
    return thresholds
