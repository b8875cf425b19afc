"""What an export says of itself: ``export.json`` and the data card, and why it may be refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from moderation.exports.account import ExportFacts, HeldOutCounts, build_report, imbalance
from moderation.exports.bank import BANK
from moderation.exports.card import CARD, render_card
from moderation.exports.croissant import CROISSANT, describe
from moderation.exports.gates import broken_gate
from moderation.exports.read_held_out import ITEMS, UNREAD
from moderation.exports.set_contents import DATA, SetContents
from moderation.exports.set_tables import SetTables
from moderation.exports.split_rows import UNSETTLED
from moderation.exports.training_rows import DECISIONS, DIFF
from moderation.exports.write_rows import LABELS
from moderation.records.dead_letters.write import DEAD_LETTERS
from moderation.runs.commit import as_json
from moderation.runs.gates import Gates
from moderation.runs.report import ClosingRun, Place, Refusal, Report
from moderation.storage.shards import TableLayout

OWN = (
    DATA,
    "decisions",
    "diff",
    "bank",
    "dead_letters",
    "export.json",
    CARD,
    CROISSANT,
    "DATASET.md",
    "manifest.json",
)
"""What ``pipelines.export`` writes, or wrote once, beside the marker and the staging area."""


@dataclass(frozen=True, slots=True)
class TrainingSetReport(Report):
    """The report of ``pipelines.export``."""

    facts: ExportFacts
    tables: SetTables
    """Those of the set itself."""
    licence: str
    url: str
    creator: str
    gates: Gates
    max_unusable_decisions: float = 1.0
    """Share of the decisions that cannot be used, at most."""

    @property
    def layouts(self) -> tuple[TableLayout, ...]:
        """Decisions, and what differs from an earlier set."""
        more = {DIFF: bool(self.facts.previous), BANK: self.facts.bank}
        return (DECISIONS, *(layout for layout, wanted in more.items() if wanted))

    def refusal(self, run: ClosingRun) -> Refusal | None:
        """Books that do not reconcile, decisions that nobody could use, held-out rows unread."""
        due = {(each.kind.value, each.format): 0 for each in self.tables}
        kinds = {(each.name, each.format): (each.kind.value, each.format) for each in self.tables}
        for shard in run.shards:
            if table := kinds.get((shard.table, shard.extension)):
                due[table] += shard.rows
        off = imbalance(
            run.tally,
            verdicts_read=self.facts.runs.verdicts,
            decisions_read=run.read,
            written=due,
        )
        if unsettled := run.tally.counts[UNSETTLED,]:
            off = off or f"{unsettled:,} contents did not settle into groups, so splits may leak"
        return Refusal.unreconciled(off) or Refusal.gate(
            broken_gate(
                run.tally, run.read, gates=self.gates, max_unusable=self.max_unusable_decisions
            )
            or _unread(run.sides[UNREAD])
        )

    def places(self, run: ClosingRun) -> Iterator[Place]:
        """The rows' files, none for a kind without rows; then the tables."""
        for each in self.tables:
            yield Place(each.name, each.format, f"{DATA}/{each.name}")
        yield from map(Place.of, (DECISIONS, DEAD_LETTERS, *self.layouts[1:]))

    def files(self, run: ClosingRun) -> Iterator[tuple[str, bytes]]:
        """The account of the export, the card of the set, and its description for machines."""
        held_out = HeldOutCounts.of(run.sides[ITEMS])
        report = build_report(run, facts=self.facts, held_out=held_out)
        contents = SetContents.of(self.tables, run.only(LABELS), run.placed)
        card = render_card(report, contents, tables=self.tables, licence=self.licence)
        yield "export.json", as_json(report)
        yield CARD, card.encode()
        about = {"licence": self.licence, "url": self.url, "creator": self.creator}
        yield CROISSANT, as_json(describe(report, contents, **about))

    def rows_of_inputs(self, run: ClosingRun) -> Mapping[str, int]:
        """Of the verdict tables, as their manifests have them."""
        return {
            f"{each.path}/{entry.path}": entry.rows or 0
            for each in self.facts.runs.runs
            for entry in each.manifest.outputs
        }


def _unread(rows: Iterable[str]) -> str | None:
    if not (first := min(rows, default=None)):
        return None
    return (
        f"--exclude holds rows that are no records, so nothing can be kept apart from them: {first}"
    )
