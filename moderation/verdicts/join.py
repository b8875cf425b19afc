"""Rows meet their item's judgement: verdicts, review entries and dead letters come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue
from pydantic_core import from_json

from moderation.audit.losses import count_loss, is_loss
from moderation.audit.progress import progress
from moderation.audit.tally import Tally
from moderation.records.items import Record, Rejection
from moderation.records.layout import Layout
from moderation.verdicts.decide import Judge, Outcome
from moderation.verdicts.judgement import Judgement
from moderation.verdicts.tables import dead_letter_row, judged_part, record_part, review_row
from schemas.policy import Decision
from schemas.records import TEXT_FIELDS, Kind

VERDICTS, REVIEWS, REJECTED, TALLY = "verdicts", "reviews", "rejected", "tally"


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


class FanOut(beam.DoFn):
    """``(content_key, {"records", "judgements"})`` → rows of the tables, and a ``Tally`` a bundle.

    However many rows share an item, one is in memory at a time, and people see the item once:
    the review queue shows the first of its rows and says how many there are.
    """

    def __init__(self, judge: Judge, stamp: Stamp, layout: Layout) -> None:
        self._judge = judge
        self._stamp = stamp
        self._layout = layout
        self._tally = Tally()

    def start_bundle(self) -> None:
        """A fresh tally, so that a retried bundle counts once."""
        self._tally = Tally()

    def process(self, joined: tuple[str, dict[str, Iterable[Any]]]) -> Iterator[TaggedOutput]:
        """Decide once for the item, then write every row of it."""
        key, sides = joined
        packed = next(iter(sides["judgements"]), None)
        if packed is None:
            raise RuntimeError(f"no judgement reached item {key}: rows would be lost")
        judgement = Judgement.unpack(packed)
        records = map(Record.unpack, sides["records"])
        self._count_images(judgement)
        if judgement.failure:
            for record in records:
                yield TaggedOutput(REJECTED, _rejected(record, judgement))
            return
        yield from self._verdicts(judgement, records)

    def finish_bundle(self) -> Iterator[TaggedOutput]:
        """The bundle's tally."""
        window = GlobalWindow()
        yield TaggedOutput(TALLY, WindowedValue(self._tally, window.max_timestamp(), [window]))

    def _verdicts(self, judgement: Judgement, records: Iterable[Record]) -> Iterator[TaggedOutput]:
        outcome = self._judge.decide(
            judgement.kind,
            judgement.probabilities,
            content_key=judgement.content_key,
            image_missing=judgement.image_missing,
        )
        shared = judged_part(judgement, outcome, card=self._judge.card, stamp=self._stamp.columns())
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
        fields = self._layout.rename(from_json(record.body))
        return {name: fields.get(name, "") for name in TEXT_FIELDS[record.kind]}

    def _count(self, judgement: Judgement, outcome: Outcome, rows: int) -> None:
        tally, kind = self._tally, judgement.kind.value
        tally.add("account", "reused" if judgement.reused else "scored")
        tally.add("account", "duplicates", rows=rows - 1)
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

    def _count_images(self, judgement: Judgement) -> None:
        for image in judgement.images:
            code = f":{image.code}" if image.code else ""
            self._tally.add("image", f"{image.status.value}{code}")

    def _count_probabilities(self, judgement: Judgement, kind: str, rows: int) -> None:
        for task in self._judge.card.tasks_for(Kind(kind)):
            for label, p in zip(
                task.labels, judgement.probabilities.get(task.name, ()), strict=False
            ):
                self._tally.probability(task.name, label, p, rows=rows)


class ToDeadLetters(beam.DoFn):
    """``Rejection`` → a row of ``dead_letters/``, and a ``Tally`` a bundle."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._tally = Tally()

    def start_bundle(self) -> None:
        """A fresh tally, so that a retried bundle counts once."""
        self._tally = Tally()

    def process(self, rejection: Rejection) -> Iterator[dict[str, Any]]:
        """Write it down, count it, keep it as an example."""
        stage, code = rejection.stage.value, rejection.code.value
        self._tally.add("account", "dead_lettered")
        self._tally.add("dead", stage, code)
        self._tally.add("source_dead", rejection.source)
        self._tally.example(
            stage,
            code,
            (rejection.source, rejection.row or 0, rejection.item_id or "", rejection.message),
        )
        if is_loss(rejection.code, rejection.row):
            count_loss(self._tally, rejection.source, rejection.lost, rejection.message)
        progress.dead()
        yield dead_letter_row(rejection, run_id=self._run_id)

    def finish_bundle(self) -> Iterator[TaggedOutput]:
        """The bundle's tally."""
        window = GlobalWindow()
        yield TaggedOutput(TALLY, WindowedValue(self._tally, window.max_timestamp(), [window]))


class SumTallies(beam.CombineFn):
    """``Tally``s → their sum."""

    def create_accumulator(self) -> Tally:
        """An empty tally."""
        return Tally()

    def add_input(self, accumulator: Tally, tally: Tally) -> Tally:
        """Add one."""
        accumulator.merge(tally)
        return accumulator

    def merge_accumulators(self, accumulators: Iterable[Tally]) -> Tally:
        """Add all."""
        total = Tally()
        for accumulator in accumulators:
            total.merge(accumulator)
        return total

    def extract_output(self, accumulator: Tally) -> Tally:
        """The sum."""
        return accumulator


def _rejected(record: Record, judgement: Judgement) -> Rejection:
    failure = judgement.failure
    assert failure is not None
    return Rejection(
        source=record.source,
        row=record.row,
        item_id=record.item_id,
        kind=record.kind,
        stage=failure.stage,
        code=failure.code,
        message=failure.message,
        body=record.body,
        body_is_json=True,
        redacted=record.redacted,
        attempts=failure.attempts,
    )
