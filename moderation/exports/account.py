"""``export.json``: the account of an export, made of a summed tally."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from moderation.audit.losses import unreadable_files
from moderation.audit.tally import Tally
from moderation.exports.agreement import agreement_by_task
from moderation.exports.held_out import HeldOutItem
from moderation.exports.runs import Runs
from moderation.exports.selection_rules import Why
from moderation.runs.commit import content_digest
from moderation.runs.report import ClosingRun
from schemas.codes import Stage
from schemas.export import (
    DeadLetterTotal,
    DiffTotals,
    ExportReport,
    HeldOutTotals,
    RunUsed,
)
from schemas.records import Kind

_MAX_SOURCES = 200


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """What is known of an export before its first row, beside its header."""

    name: str
    version: str
    runs: Runs
    reviewers_key: Literal["given", "random"]
    held_out_files: tuple[str, ...] = ()
    text_similarity: float = 1.0
    previous: str | None = None
    previous_run_id: str | None = None
    bank: bool = False
    """Whether decisions become entries of a bank."""


@dataclass(frozen=True, slots=True)
class HeldOutCounts:
    """What was read of the held-out items."""

    items: int = 0
    images: int = 0
    images_unread: int = 0

    @classmethod
    def of(cls, items: Sequence[HeldOutItem]) -> HeldOutCounts:
        """Counted over the items as they were read."""
        return cls(
            items=len({item.content_key for item in items}),
            images=len({sha256 for item in items for sha256 in item.sha256s}),
            images_unread=sum(item.images_unread for item in items),
        )


def build_report(run: ClosingRun, *, facts: ExportFacts, held_out: HeldOutCounts) -> ExportReport:
    """The report of an export that is about to be committed or refused."""
    tally = run.tally
    labels = _by_kind(tally, "label")
    sources = sorted(tally.of("row_source").items(), key=lambda entry: (-entry[1], entry[0]))
    data = [e for stem, entries in run.placed.items() if stem.startswith("data/") for e in entries]
    return ExportReport(
        **run.stamp(),
        name=facts.name,
        version=facts.version,
        rows=sum(rows for by_label in labels.values() for rows in by_label.values()),
        rows_by_label=labels,
        rows_by_split=_by_kind(tally, "split"),
        rows_by_label_source=tally.of("label_source"),
        rows_by_source=dict(sources[:_MAX_SOURCES]),
        sources_left_out=max(0, len(sources) - _MAX_SOURCES),
        verdicts_read=facts.runs.verdicts,
        verdicts=tally.of("verdict"),
        decisions_read=run.read,
        decisions=decisions_account(tally),
        tied_items=tally.of("verdict").get(Why.TIED.value, 0),
        reviewers_key=facts.reviewers_key,
        agreement=agreement_by_task(tally),
        dead_letters=[
            DeadLetterTotal(stage=stage, code=code, rows=rows)
            for (stage, code), rows in tally.family("dead").items()
        ],
        unreadable=unreadable_files(tally),
        images_copied=tally.of("image").get("copied", 0),
        images_left=tally.of("image").get("left", 0),
        texts_lost=tally.of("text").get("lost", 0),
        bank=tally.of("bank"),
        held_out=_held_out(tally, facts, held_out),
        diff=_diff(tally, facts),
        runs=_runs_used(tally, facts.runs),
        content_digest=content_digest(data),
        options=run.header.options,
    )


def _by_kind(tally: Tally, family: str) -> dict[Kind, dict[str, int]]:
    found: dict[Kind, dict[str, int]] = {}
    for (kind, name), rows in tally.family(family).items():
        found.setdefault(Kind(kind), {})[name] = rows
    return found


def decisions_account(tally: Tally) -> dict[str, int]:
    """What became of the decisions."""
    letters = tally.family("dead").items()
    dead = sum(rows for (stage, _), rows in letters if stage == Stage.DECIDE.value)
    counts = tally.of("decision")
    return {**counts, "dead_lettered": dead} if dead else counts


def imbalance(
    tally: Tally, *, verdicts_read: int, decisions_read: int, written: Mapping[tuple[str, str], int]
) -> str | None:
    """Why the books do not reconcile; None where they do.

    Args:
        tally: what came out of the join and the writers.
        verdicts_read: by the runs' manifests.
        decisions_read: by the readers' own count.
        written: rows by kind and file extension, as the sinks counted them.
    """
    verdicts = tally.of("verdict")
    if sum(verdicts.values()) != verdicts_read:
        return _off("verdicts", verdicts_read, verdicts)
    decisions = decisions_account(tally)
    if sum(decisions.values()) != decisions_read:
        return _off("decisions", decisions_read, decisions)
    for (table, extension), rows in written.items():
        due = sum(tally.of("label", table).values())
        if rows != due:
            return (
                f"the books do not reconcile: {due:,} {table} rows are due as {extension}, "
                f"{rows:,} were written"
            )
    return None


def _off(what: str, read: int, accounted: Mapping[str, int]) -> str:
    terms = ", ".join(f"{name} {rows:,}" for name, rows in accounted.items())
    return (
        f"the books do not reconcile: {read:,} {what} were read, "
        f"{sum(accounted.values()):,} are accounted for ({terms})"
    )


def _held_out(tally: Tally, facts: ExportFacts, counts: HeldOutCounts) -> HeldOutTotals | None:
    if not facts.held_out_files:
        return None
    return HeldOutTotals(
        files=list(facts.held_out_files),
        items=counts.items,
        images=counts.images,
        images_unread=counts.images_unread,
        text_similarity=facts.text_similarity,
        rows_excluded=tally.of("held_out"),
    )


def _diff(tally: Tally, facts: ExportFacts) -> DiffTotals | None:
    if facts.previous is None:
        return None
    counts = tally.of("diff")
    return DiffTotals(
        previous=facts.previous,
        previous_run_id=facts.previous_run_id or "",
        added=counts.get("added", 0),
        removed=counts.get("removed", 0),
        relabelled=counts.get("relabelled", 0),
        unchanged=counts.get("unchanged", 0),
        removed_because=tally.of("diff_removed"),
    )


def _runs_used(tally: Tally, runs: Runs) -> list[RunUsed]:
    rows = tally.of("run")
    return [
        RunUsed(
            run_id=run.manifest.run_id,
            path=run.path,
            verdicts=run.verdicts,
            model_name=run.manifest.model_name,
            model_fingerprint=run.manifest.model_fingerprint,
            policy_version=run.manifest.policy_version,
            policy_digest=run.manifest.policy_digest,
            rows=rows.get(str(place), 0),
        )
        for place, run in enumerate(runs.runs)
    ]
