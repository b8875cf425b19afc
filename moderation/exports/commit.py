"""The commit of an export: names for its files, report, data card, manifest, marker.

As with a scored run: everything may run again after a crash in its middle, and ``_SUCCESS``
comes last, downstream of every sink.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from moderation.audit.tally import Tally
from moderation.exports.card import render_card
from moderation.exports.gates import broken_gate
from moderation.exports.report import ExportFacts, build_report, held_out_counts, imbalance
from moderation.exports.rows import DECISIONS, DIFF
from moderation.records.dead_letters.write import DEAD_LETTERS
from moderation.runs import closing
from moderation.runs.directory import RunDirectory
from moderation.runs.gates import Gates
from moderation.storage.digests import Version
from moderation.storage.input_files import InputFile
from moderation.storage.shards import Layout, Shard
from schemas.export import ExportReport
from schemas.manifest import LeftOut, Manifest, OutputEntry
from schemas.records import Kind

DATA = "data"
OWN = (
    DATA,
    "decisions",
    "diff",
    "dead_letters",
    "export.json",
    "DATASET.md",
    "manifest.json",
)


@dataclass(frozen=True, slots=True)
class ExportCommitPlan:
    """Everything about the export that was known before its first row."""

    directory: RunDirectory
    facts: ExportFacts
    inputs: tuple[InputFile, ...]
    left_out: tuple[LeftOut, ...]
    layouts: dict[tuple[Kind, str], Layout]
    formats: tuple[str, ...]
    licence: str
    gates: Gates
    versions: dict[str, str]
    max_unusable_decisions: float = 1.0
    """Share of the decisions that cannot be used, at most."""


class CommitExport(beam.DoFn):
    """One element in; staged shards, counts and the tally as side inputs; the directory out."""

    def __init__(
        self, plan: ExportCommitPlan, clock: Callable[[], datetime.datetime] | None = None
    ) -> None:
        self._plan = plan
        self._clock = clock or closing.utc_now

    def process(
        self,
        _: Any,
        shards: Iterable[Shard],
        counts: Iterable[int],
        digests: Iterable[Version],
        tally: Tally,
        held_out: Sequence[tuple[Any, ...]],
        unread: Iterable[str],
    ) -> Iterator[str]:
        """Check the books, give files their names, write report, card and manifest, mark.

        Raises:
            closing.RunRefused: where the books do not reconcile or a limit broke; report and
                manifest say so, and there is no marker.
        """
        plan = self._plan
        closing.expect_ours(plan.directory)
        closing.expect_unchanged(digests)
        shards = sorted(shards, key=lambda shard: shard.path)
        held = held_out_counts(held_out, [*unread])
        decisions_read = sum(counts)
        refusal = self._refusal(tally, shards, decisions_read) or _unread(held.rows_unread)
        data = self._place_data(shards)
        sides = [DECISIONS, DEAD_LETTERS] + ([DIFF] if plan.facts.previous else [])
        outputs = data + closing.place_tables(plan.directory, sides, shards)
        report = build_report(
            tally,
            facts=plan.facts,
            verdicts_read=plan.facts.runs.verdicts,
            decisions_read=decisions_read,
            held_out=held,
            refusal=refusal,
            finished_at=self._clock().isoformat(timespec="seconds"),
            content_digest=closing.content_digest(data),
        )
        card = render_card(report, licence=plan.licence, formats=plan.formats)
        outputs += [
            closing.write_json(plan.directory, "export.json", report.model_dump(mode="json")),
            closing.write(plan.directory, "DATASET.md", card.encode()),
        ]
        closing.close(plan.directory, self._manifest(report, digests, outputs))
        yield plan.directory.path

    def _refusal(self, tally: Tally, shards: Sequence[Shard], decisions_read: int) -> str | None:
        written = Counter[tuple[str, str]]()
        for layout in self._plan.layouts.values():
            written[layout.table, layout.extension] += 0
        for shard in shards:
            if (shard.table, shard.extension) in written:
                written[shard.table, shard.extension] += shard.rows
        read = self._plan.facts.runs.verdicts
        return imbalance(
            tally, verdicts_read=read, decisions_read=decisions_read, written=written
        ) or broken_gate(
            tally,
            decisions_read,
            gates=self._plan.gates,
            max_unusable=self._plan.max_unusable_decisions,
        )

    def _place_data(self, shards: Sequence[Shard]) -> list[OutputEntry]:
        """Move the rows' files to their names; a kind without rows has none."""
        return [
            entry
            for layout in self._plan.layouts.values()
            for entry in closing.place_all(
                self._plan.directory,
                closing.shards_of(layout, shards),
                stem=f"{DATA}/{layout.table}",
            )
        ]

    def _manifest(
        self,
        report: ExportReport,
        digests: Iterable[Version],
        outputs: list[OutputEntry],
    ) -> Manifest:
        plan = self._plan
        rows = {
            f"{run.path}/{entry.path}": entry.rows or 0
            for run in plan.facts.runs.runs
            for entry in run.manifest.outputs
        }
        return Manifest(
            run_id=report.run_id,
            status=report.status,
            refusal=report.refusal,
            started_at=report.started_at,
            finished_at=report.finished_at,
            inputs=closing.input_entries(plan.inputs, rows=rows, digests=digests),
            left_out=list(plan.left_out),
            outputs=outputs,
            options=report.options,
            versions=plan.versions,
            model_name=_joined(run.model_name for run in report.runs),
            model_fingerprint=_joined(run.model_fingerprint for run in report.runs),
            policy_version=_joined(run.policy_version for run in report.runs),
            policy_digest=_joined(run.policy_digest for run in report.runs),
        )


def _unread(rows: Sequence[str]) -> str | None:
    if not rows:
        return None
    return (
        "--exclude holds rows that are no records, so nothing can be kept apart from them: "
        f"{rows[0]}"
    )


def _joined(values: Iterable[str]) -> str:
    return "+".join(sorted(set(values)))
