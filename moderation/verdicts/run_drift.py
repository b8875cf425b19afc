"""A run that is about to close beside its baseline."""

from __future__ import annotations

from dataclasses import dataclass

from moderation.audit.drift.compare import FALSE_ALARMS, compare
from moderation.audit.drift.counts import block_counts
from moderation.option_error import option
from moderation.runs.report import ClosingRun
from moderation.storage import files
from moderation.storage.input_files import Format, InputFile
from moderation.verdicts.baseline import Baseline, changes, made_with
from moderation.verdicts.changed_decisions import changed_decisions
from schemas.drift import ChangedDecisions, Compared, Distance, DistanceName, Drift

_KEPT = "drift.json"
_NAMED = 3


@dataclass(frozen=True, slots=True)
class ComparedWith:
    """What a run is compared with, and what follows from it."""

    baseline: Baseline | None = None
    why_none: str = ""
    """Where there is none."""
    fail: bool = False
    """Whether a run with an alarm is refused."""

    def drift(self, run: ClosingRun) -> Drift:
        """The comparison. Made once: a close that is tried again finds it in the staging area."""
        if self.baseline is None:
            return Drift(baseline=None, why_none=self.why_none or None)
        kept = f"{run.header.directory.staging}/{_KEPT}"
        if files.exists(kept):
            return Drift.model_validate_json(files.read_bytes(kept))
        drift = _drift(run, self.baseline)
        files.write_bytes(kept, drift.model_dump_json().encode())
        return drift

    def refusal(self, drift: Drift) -> str | None:
        """Why a run must not be committed; None where it may."""
        if not (self.fail and drift.alarms):
            return None
        alarms = drift.alarms
        named = "; ".join(spelled(measure, distance) for measure, distance in alarms[:_NAMED])
        more = f", and {len(alarms) - _NAMED:,} more" if len(alarms) > _NAMED else ""
        meant = ""
        if drift.changes:
            listed = ", ".join(f"{c.what} {c.before} to {c.now}" for c in drift.changes)
            meant = f". Beside that changed: {listed}"
        return (
            f"drift since run {drift.baseline}: {named}{more}{meant}. If it is meant, start again "
            f"without {option('fail_on_drift')}, or name another {option('baseline')}"
        )


def spelled(measure: Compared, distance: Distance) -> str:
    """One figure of a comparison in words."""
    if distance.name is DistanceName.DIFFERENCE:
        return f"{measure.words} {measure.share_before:.2%} to {measure.share:.2%}"
    names = {DistanceName.PSI: "PSI", DistanceName.L_INF: "L∞"}
    name = names.get(distance.name, "Jensen–Shannon")
    return f"{measure.words}: {name} {distance.value:.3f}"


def _drift(run: ClosingRun, baseline: Baseline) -> Drift:
    header, missing = run.header, []
    if not baseline.blocks:
        missing = [
            f"scores, flags and sizes: run {baseline.run_id} is from before they were counted for "
            "comparison"
        ]
    found = compare(block_counts(run.tally), baseline.blocks) if baseline.blocks else None
    decisions, why = _decisions(run, baseline)
    return Drift(
        baseline=baseline.run_id,
        path=baseline.path,
        rate_of_false_alarms=FALSE_ALARMS,
        changes=changes(baseline.made_with, made_with(header, header.hash_banks)),
        measures=found.measures if found else [],
        not_compared=[*missing, *(found.not_compared if found else ()), *why],
        decisions=decisions,
    )


def _decisions(run: ClosingRun, baseline: Baseline) -> tuple[ChangedDecisions | None, list[str]]:
    """The cross-table; else why there is none: what it is compared with may go meanwhile."""
    staged = [
        InputFile(
            path=shard.path,
            bytes=shard.bytes,
            format=Format.PARQUET if shard.extension == "parquet" else Format.JSONL,
        )
        for shard in run.shards
        if shard.table == "verdicts"
    ]
    rows = max(baseline.verdicts, run.written()["verdicts"])
    try:
        return changed_decisions(baseline.verdict_files, staged, rows=rows), []
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        return None, [f"decisions: the verdicts of both runs cannot be read side by side: {why}"]
