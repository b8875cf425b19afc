"""Rows meet their item's judgement: verdicts, review entries and dead letters come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from apache_beam.pvalue import TaggedOutput
from pydantic_core import from_json

from moderation.audit.progress import progress
from moderation.audit.tally_transforms import Tallying
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.items import Record
from moderation.records.layout import Layout
from moderation.verdicts.decide import Judge, Outcome
from moderation.verdicts.judgement import Judgement
from moderation.verdicts.run_tables import judged_part, record_part, review_row
from schemas.policy import Decision
from schemas.records import TEXT_FIELDS, Kind

VERDICTS, REVIEWS, REJECTED = "verdicts", "reviews", "rejected"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every row of a run carries."""

    run_id: str
    model_fingerprint: str
    policy_version: str

    def columns(self) -> dict[str, str]:
        """As columns of a verdict."""
        return {
            "run_id": self.run_id,
            "model_fingerprint": self.model_fingerprint,
            "policy_version": self.policy_version,
        }


@dataclass(eq=False)
class FanOut(Tallying):
    """``(content_key, {"records", "judgements"})`` → rows of the tables, and a ``Tally`` a bundle.

    However many rows share an item, one is in memory at a time, and people see the item once:
    the review queue shows the first of its rows and says how many there are.
    """

    judge: Judge
    stamp: Stamp
    layout: Layout

    def process(self, joined: tuple[str, dict[str, Iterable[Any]]]) -> Iterator[TaggedOutput]:
        """Decide once for the item, then write every row of it."""
        key, sides = joined
        packed = next(iter(sides["judgements"]), None)
        if packed is None:
            raise RuntimeError(f"no judgement reached item {key}: rows would be lost")
        judgement = Judgement.unpack(packed)
        records = map(Record.unpack, sides["records"])
        if not judgement.counted:
            self._count_images(judgement)
        if failure := judgement.failure:
            for record in records:
                letter = DeadLetter.of(
                    record,
                    failure.code,
                    failure.message,
                    stage=failure.stage,
                    attempts=failure.attempts,
                )
                yield TaggedOutput(REJECTED, letter)
            return
        yield from self._verdicts(judgement, records)

    def _verdicts(self, judgement: Judgement, records: Iterable[Record]) -> Iterator[TaggedOutput]:
        outcome = self.judge.decide(
            judgement.kind,
            judgement.probabilities,
            content_key=judgement.content_key,
            image_missing=judgement.image_missing,
        )
        shared = judged_part(judgement, outcome, card=self.judge.card, stamp=self.stamp.columns())
        rows, first = 0, None
        for record in records:
            rows += 1
            yield TaggedOutput(VERDICTS, {**record_part(record), **shared})
            progress.written()
            if first is None or (record.source, record.row) < (first.source, first.row):
                first = record
        self._count(judgement, outcome, rows)
        if first and outcome.reasons and outcome.decision is not Decision.FLAG:
            verdict = {**record_part(first), **shared}
            yield TaggedOutput(REVIEWS, review_row(verdict, self._texts(first), copies=rows))

    def _texts(self, record: Record) -> dict[str, str]:
        fields = self.layout.rename(from_json(record.body))
        return {name: fields.get(name, "") for name in TEXT_FIELDS[record.kind]}

    def _count(self, judgement: Judgement, outcome: Outcome, rows: int) -> None:
        tally, kind = self._tally, judgement.kind.value
        if not judgement.counted:
            self._count_item(judgement)
        tally.add("account", "duplicates", rows=rows if judgement.counted else rows - 1)
        tally.add("kind", kind, rows=rows)
        tally.add("decision", kind, outcome.decision.value, rows=rows)
        tally.add("modalities", "+".join(judgement.modalities), rows=rows)
        for name, raised in outcome.flags.items():
            tally.add("flag", name, str(raised).lower(), rows=rows)
        for reason in outcome.reasons:
            tally.add("reason", reason, rows=rows)
        if outcome.entailment_label:
            tally.add("entailment_label", outcome.entailment_label, rows=rows)
        self._count_probabilities(judgement, kind, rows)

    def _count_item(self, judgement: Judgement) -> None:
        """Once in the run, however many slices have rows of it."""
        self._tally.add("account", "reused" if judgement.reused else "scored")
        if judgement.origin:
            self._tally.add("scored_in", judgement.origin.scored_in)
            self._tally.add("taken_from", judgement.origin.taken_from)

    def _count_images(self, judgement: Judgement) -> None:
        for image in judgement.images:
            code = f":{image.code}" if image.code else ""
            self._tally.add("image", f"{image.status.value}{code}")

    def _count_probabilities(self, judgement: Judgement, kind: str, rows: int) -> None:
        for task in self.judge.card.tasks_for(Kind(kind)):
            for label, p in zip(
                task.labels, judgement.probabilities.get(task.name, ()), strict=False
            ):
                self._tally.probability(task.name, label, p, rows=rows)
