"""From a summed tally and the reader's counts to ``audit.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from moderation.audit.distributions import FlagMark, distributions, histograms
from moderation.audit.drift.counts import block_counts
from moderation.audit.fit_to_show import Tell, words
from moderation.audit.hash_banks import bank_counts
from moderation.audit.losses import rows_in_no_letter, unreadable_count, unreadable_files
from moderation.audit.profile import profile_of
from moderation.audit.shown_items import Looked
from moderation.audit.tally import Tally
from moderation.audit.tell_shown import shown_items
from moderation.audit.what_if import what_if
from schemas.audit import (
    Account,
    Audit,
    DeadLetterCount,
    DeadLetterExample,
    SourceCount,
)
from schemas.card import Card
from schemas.codes import Code
from schemas.drift import Drift
from schemas.hashes import HashBankFacts
from schemas.manifest import LeftOut, Parent, ReusedRun
from schemas.policy import HashBankRule
from schemas.precision import PrecisionFacts
from schemas.repeats import RepeatedContent
from schemas.slices import Slices

_MAX_SOURCES = 200


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the audit says of the run beside its counts."""

    run_id: str
    started_at: str
    model: dict[str, Any]
    policy: dict[str, Any]
    text_reader: dict[str, Any] | None = None
    hash_banks: tuple[tuple[HashBankFacts, HashBankRule], ...] = ()
    precision: PrecisionFacts | None = None
    card: Card | None = None
    """The model's."""
    marks: tuple[FlagMark, ...] = ()
    """The policy's flags."""
    redacted: bool = False
    """Whether who is named goes out of records' words."""

    @property
    def tell(self) -> Tell:
        """How records' words are shown."""
        return words(redacted=self.redacted)


def account(tally: Tally, read: int) -> Account:
    """The equation's terms: ``read`` by the reader's own count, the rest from what came out."""
    terms = tally.of("account")
    return Account(
        read=read,
        scored=terms.get("scored", 0),
        reused=terms.get("reused", 0),
        duplicates=terms.get("duplicates", 0),
        dead_lettered=terms.get("dead_lettered", 0),
        lost=rows_in_no_letter(tally),
    )


def build_audit(
    tally: Tally,
    rows_by_source: Counter[str],
    *,
    facts: RunFacts,
    fetching: dict[str, Any],
    refusal: str | None,
    finished_at: str,
    left_out: Sequence[LeftOut] = (),
    parents: Sequence[Parent] = (),
    reused: Sequence[ReusedRun] = (),
    scored_in: Mapping[str, int] = MappingProxyType({}),
    looked: Looked | None = None,
    drift: Drift | None = None,
    repeated: RepeatedContent | None = None,
    slices: Slices | None = None,
) -> Audit:
    """The audit of a run that is about to be committed or refused."""
    books = account(tally, sum(rows_by_source.values()))
    scores = distributions(tally, facts.card, facts.marks) if facts.card else None
    sources = source_counts(tally, rows_by_source)
    return Audit(
        run_id=facts.run_id,
        status="refused" if refusal else "committed",
        refusal=refusal and facts.tell(refusal),
        started_at=facts.started_at,
        finished_at=finished_at,
        account=books,
        reconciles=books.reconciles,
        **_counted(tally),
        histograms=histograms(tally),
        dead_letters=dead_letter_counts(tally, facts.tell),
        sources=sources[:_MAX_SOURCES],
        sources_left_out=max(0, len(sources) - _MAX_SOURCES),
        unreadable=unreadable_files(tally),
        unreadable_files=unreadable_count(tally),
        left_out=list(left_out),
        parents=list(parents),
        reused=list(reused),
        scored_in=dict(scored_in),
        hash_banks=bank_counts(tally, facts.hash_banks, facts.tell),
        fetching=fetching,
        model=facts.model,
        policy=facts.policy,
        text_reader=facts.text_reader,
        precision=facts.precision,
        profile=profile_of(tally, books),
        distributions=scores,
        what_if=what_if(scores) if scores else [],
        repeated=repeated,
        slices=slices,
        shown_items=shown_items(tally.shown, looked, redacted=facts.redacted),
        drift=drift,
        blocks=block_counts(tally),
    )


def _counted(tally: Tally) -> dict[str, Any]:
    """What the audit has as the tally has it."""
    return {
        "rows_by_kind": tally.of("kind"),
        "decisions": _nested(tally, "decision"),
        "flags": _nested(tally, "flag"),
        "entailment_labels": tally.of("entailment_label"),
        "review_reasons": tally.of("reason"),
        "modalities": tally.of("modalities"),
        "images": tally.of("image"),
        "readings": tally.of("reading"),
    }


def _nested(tally: Tally, family: str) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (outer, inner), rows in tally.family(family).items():
        nested.setdefault(outer, {})[inner] = rows
    return nested


def dead_letter_counts(tally: Tally, tell: Tell = str) -> list[DeadLetterCount]:
    """Dead letters by stage and code, the most frequent first; ``tell``: of what they say."""
    passed_on = tally.family("passed_on")
    letters = [
        DeadLetterCount(
            stage=stage,
            code=code,
            retryable=Code(code).retryable,
            rows=rows,
            passed_on=passed_on.get((stage, code), 0),
            examples=[
                _example(source, row, item_id, tell(message))
                for source, row, item_id, message in tally.examples.get((stage, code), ())
            ],
        )
        for (stage, code), rows in tally.family("dead").items()
    ]
    return sorted(letters, key=lambda letter: (-letter.rows, letter.stage, letter.code))


def _example(source: str, row: int, item_id: str, message: str) -> DeadLetterExample:
    return DeadLetterExample(
        source=source, row=row or None, item_id=item_id or None, message=message
    )


def source_counts(tally: Tally, rows_by_source: Counter[str]) -> list[SourceCount]:
    """Rows read and lost by source, those that lost most first."""
    dead = tally.of("source_dead")
    listed = [
        SourceCount(source=source, read=rows, dead_lettered=dead.get(source, 0))
        for source, rows in rows_by_source.items()
    ]
    return sorted(listed, key=lambda entry: (-entry.dead_lettered, entry.source))
