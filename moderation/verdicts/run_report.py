"""What a scoring run says of itself: ``audit.json``, ``audit.html``, and why it may be refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moderation.audit.as_typed import as_typed
from moderation.audit.build import RunFacts, build_audit
from moderation.audit.fit_to_show import Tell, words
from moderation.audit.images import outcomes
from moderation.audit.keyed.members import SliceBy
from moderation.audit.keyed.repeats import repeated_content
from moderation.audit.page import render
from moderation.audit.slices import slices
from moderation.images.prefetch import FETCHING
from moderation.images.stats import BUCKET_BOUNDS_MS
from moderation.records.dead_letters.write import DEAD_LETTERS
from moderation.review.projects import project_files
from moderation.review.tasks import ReviewFormat, layouts
from moderation.runs.commit import as_json
from moderation.runs.gates import Gates
from moderation.runs.report import SCORED_IN, ClosingRun, Place, Refusal, Report
from moderation.storage.shards import TableLayout
from moderation.verdicts.flag_marks import flag_marks
from moderation.verdicts.run_drift import ComparedWith
from moderation.verdicts.run_tables import REVIEW_QUEUE
from moderation.verdicts.shown.look import LOOKED
from schemas.card import Card
from schemas.policy import Policy
from schemas.slices import Slices

DRIFT = "drift"


REPEATS = "repeats"
"""The side that has a ``RepeatsPart``."""
SLICES = "slices"
"""The side that has a ``SlicesPart``, where the run is sliced."""


@dataclass(frozen=True, slots=True)
class RunReport(Report):
    """The report of ``pipelines.score``."""

    verdicts: TableLayout
    gates: Gates
    model: dict[str, Any]
    policy: dict[str, Any]
    rules: Policy
    card: Card
    """The model's."""
    review: ReviewFormat = ReviewFormat.OURS
    """Whose tasks the review queue is written as too."""
    text_reader: dict[str, str] | None = None
    slice_by: SliceBy | None = None
    """Columns that the run is sliced by."""
    redacted: bool = False
    """Whether the audit shows records' words without who is named in them."""
    started_in: str = ""
    """The folder that paths are told from; empty: as they are."""
    compared: ComparedWith = field(default_factory=ComparedWith)

    @property
    def layouts(self) -> tuple[TableLayout, ...]:
        """Verdicts, and what people are to look at."""
        return self.verdicts, REVIEW_QUEUE, *layouts(self.review)

    def beside(self, run: ClosingRun) -> Mapping[str, list[Any]]:
        """The run beside its baseline."""
        return {DRIFT: [self.compared.drift(run)]}

    def refusal(self, run: ClosingRun) -> Refusal | None:
        """Books that do not reconcile; then rows and images that were lost."""
        return Refusal.unreconciled(_imbalance(run)) or Refusal.gate(
            next(filter(None, self._gates(run)), None)
        )

    def _gates(self, run: ClosingRun) -> Iterator[str | None]:
        """Gate by gate why the run must not be committed; the first one that says so is told.

        What a gate compares the run with (an earlier run's distributions, say) comes as one of
        ``ClosingRun.sides``.
        """
        yield self.gates.broken(run.tally, run.read)
        yield self.gates.images_lost(outcomes(run.tally.of("image")))
        yield self.compared.refusal(run.only(DRIFT))

    def _facts(self, run: ClosingRun) -> RunFacts:
        header = run.header
        return RunFacts(
            run_id=header.run_id,
            started_at=header.started_at,
            model=self.model,
            policy=self.policy,
            text_reader=self.text_reader,
            hash_banks=tuple((b, self.rules.bank_rule(b.name)) for b in header.hash_banks),
            precision=header.precision,
            card=self.card,
            marks=tuple(flag_marks(self.rules, self.card)),
            redacted=self.redacted,
        )

    def _slices(self, run: ClosingRun, tell: Tell) -> Slices | None:
        by = self.slice_by
        return slices(run.only(SLICES), by, run.tally, tell=tell) if by else None

    def places(self, run: ClosingRun) -> Iterator[Place]:
        """Every table is there, be it empty, but for tasks of a kind that none is of."""
        yield from map(Place.of, (self.verdicts, DEAD_LETTERS, REVIEW_QUEUE))
        for layout in layouts(self.review):
            yield Place(layout.table, layout.extension, layout.table)

    def files(self, run: ClosingRun) -> Iterable[tuple[str, bytes]]:
        """The audit, for programs and for people, and how a label tool is set up."""
        tell = words(redacted=self.redacted)
        audit = build_audit(
            run.tally,
            run.rows,
            facts=self._facts(run),
            fetching={**run.only(FETCHING), "bounds_ms": list(BUCKET_BOUNDS_MS)},
            refusal=run.refusal.reason if run.refusal else None,
            finished_at=run.finished_at,
            left_out=run.header.left_out,
            parents=run.parents,
            reused=run.reused,
            scored_in=run.tally.of(SCORED_IN),
            looked=run.only(LOOKED) if LOOKED in run.sides else None,
            drift=run.only(DRIFT),
            slices=self._slices(run, tell),
            repeated=repeated_content(run.only(REPEATS), tell),
        )
        audit = as_typed(audit, self.started_in)
        yield "audit.json", as_json(audit)
        yield "audit.html", render(audit).encode()
        yield from project_files(self.card, self.review)


def _imbalance(run: ClosingRun) -> str | None:
    """Why the books do not reconcile; None where they do.

    Three independent counts must agree: the reader's, the join's and the sinks'.
    """
    terms, written = run.tally.of("account"), run.written()
    out = sum(terms.values())
    if run.read != out:
        return (
            f"the books do not reconcile: read {run.read:,} rows, accounted for {out:,} "
            f"({', '.join(f'{name} {count:,}' for name, count in terms.items())})"
        )
    dead = terms.get("dead_lettered", 0)
    for table, expected in (("verdicts", out - dead), ("dead_letters", dead)):
        if written[table] != expected:
            return (
                f"the books do not reconcile: {expected:,} rows are due in {table}, "
                f"{written[table]:,} were written"
            )
    return None
