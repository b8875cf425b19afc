"""Readers of an export's four inputs: verdicts, the records they judged, decisions, a former set.

Each gives ``(item_id, row)`` with a row that JSON can say, ready to be packed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput
from pydantic_core import to_json

from moderation.audit.progress import progress
from moderation.audit.tally_transforms import Tallying
from moderation.exports.decisions import read_decisions
from moderation.exports.reviewer_key import ReviewerKey
from moderation.exports.runs import Runs
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.read import RowCount
from moderation.records.rows import BadRow
from moderation.records.spans import Span, read_span
from moderation.review.answers.answer import NoAnswer
from moderation.review.answers.rules import AnswerRules
from moderation.review.answers.shape import MAX_ROW_BYTES, Shape
from schemas.records import TEXT_FIELDS, Kind
from schemas.verdicts import TextSource

ROWS, REJECTED, PROBLEMS, COUNTS = "rows", "rejected", "problems", "counts"
_MAX_ROW_BYTES = 64 << 20


class VerdictRow(NamedTuple):
    """What an export needs of a verdict."""

    item_id: str
    run: int
    """Place of the run among the export's."""
    source: int
    """Place of the source among the export's."""
    row: int
    kind: str
    content_key: str
    scored_at: str
    decision: str
    tasks: dict[str, list[tuple[str, float]]]
    """By task: label and probability, in the order of the task's labels."""
    images: list[tuple[str, str, str | None]]
    """Field, status, SHA-256."""
    first_source: str = ""
    """Of a record that came as a dead letter: the file it first came from; ``source`` is -1."""
    text_read: str | None = None
    """What was read from the picture of a record without text, where its run kept it."""
    text_lost: bool = False
    """A text was read, and its run did not keep it."""
    hashes: tuple[tuple[str, str | None, int | None], ...] = ()
    """Of each picture that could be had: field, PDQ hash, its quality."""

    @property
    def where(self) -> tuple[int | str, int]:
        """The record's place, as ``RecordRow.where``."""
        return self.first_source or self.source, self.row


class RecordRow(NamedTuple):
    """A record that was read again."""

    item_id: str
    source: int
    row: int
    kind: str
    content_key: str
    values: dict[str, str]
    """Ids and texts."""
    images: dict[str, tuple[str | None, str | None, str | None]]
    """By field: the reference as it came, where it is opened, the folder it must stay inside."""
    label: str | None
    extras: dict[str, Any]
    first_source: str = ""
    """Of a record out of a dead letter: the file it first came from; ``source`` is the letter's."""

    @property
    def where(self) -> tuple[int | str, int]:
        """Its place, which its verdict names: a file among the export's, or its path; a row."""
        return self.first_source or self.source, self.row

    def with_text(self, text_read: str | None) -> RecordRow:
        """The record with what was read from its picture, where it has no text of its own."""
        empty = [name for name in TEXT_FIELDS[Kind(self.kind)] if not self.values[name]]
        if not text_read or not empty:
            return self
        return self._replace(values={**self.values, **dict.fromkeys(empty, text_read)})


class FormerLabel(NamedTuple):
    """A row of the set that this one is compared with."""

    item_id: str
    kind: str
    label: str


@dataclass(eq=False)
class ReadVerdicts(beam.DoFn):
    """``(run, Span)`` → ``(item_id, VerdictRow)``.

    Raises ``RuntimeError`` on a row that is no verdict: a committed table has none.
    """

    runs: Runs

    def process(self, planned: tuple[int, Span | BadRow]) -> Iterator[tuple[str, VerdictRow]]:
        run, span = planned
        sources = self.runs.source_ids[run]
        for row in read_span(span, max_row_bytes=_MAX_ROW_BYTES):
            if isinstance(row, BadRow):
                raise RuntimeError(f"{row.source}, row {row.row}: {row.message}")
            progress.read()
            verdict = _verdict(row.fields, run, sources)
            if verdict.source < 0 and self.runs.runs[run].manifest.parents:
                verdict = verdict._replace(first_source=row.fields["source"])
            yield verdict.item_id, verdict


@dataclass(eq=False)
class ReadDecisions(Tallying):
    """``(Shape, Span)`` → ``(item_id, DecisionRow)``.

    Tags: ``rejected``: ``DeadLetter``; ``counts``: of decisions, and of entries that are none;
    ``tally``: why these are none.
    """

    key: ReviewerKey
    rules: AnswerRules

    def process(self, planned: tuple[Shape, Span | BadRow]) -> Iterator[Any]:
        shape, span = planned
        entries = 0
        for row in read_span(span, max_row_bytes=MAX_ROW_BYTES):
            for found in read_decisions(row, self.key, shape=shape, rules=self.rules):
                entries += 1
                if isinstance(found, NoAnswer):
                    self._tally.add("decision", found.why.value)
                elif isinstance(found, DeadLetter):
                    yield TaggedOutput(REJECTED, found)
                else:
                    yield found.item_id, found
        source = span.source if isinstance(span, BadRow) else span.file.path
        yield TaggedOutput(COUNTS, RowCount(source, entries))


class ReadFormer(beam.DoFn):
    """``Span`` of an earlier export → ``(item_id, FormerLabel)``."""

    def process(self, span: Span | BadRow) -> Iterator[tuple[str, FormerLabel]]:
        for row in read_span(span, max_row_bytes=_MAX_ROW_BYTES):
            if isinstance(row, BadRow):
                raise RuntimeError(f"{row.source}, row {row.row}: {row.message}")
            item_id = row.fields["provenance"]["item_id"]
            kind = Kind.MEME if "id" in row.fields else Kind.TWEET_PAIR
            label = row.fields["label"]
            if isinstance(label, list):
                label = to_json(label).decode()
            yield item_id, FormerLabel(item_id, kind.value, label)


def _verdict(fields: Mapping[str, Any], run: int, sources: Mapping[str, int]) -> VerdictRow:
    tasks: dict[str, list[tuple[str, float]]] = {}
    for name, p in _pairs(fields["probabilities"]):
        task, _, label = name.partition(".")
        tasks.setdefault(task, []).append((label, p))
    return VerdictRow(
        item_id=fields["item_id"],
        run=run,
        source=sources.get(fields["source"], -1),
        row=fields["row"],
        kind=fields["kind"],
        content_key=fields["content_key"],
        scored_at=fields["scored_at"],
        decision=fields["decision"],
        tasks=tasks,
        images=[(image["field"], image["status"], image["sha256"]) for image in fields["images"]],
        text_read=fields.get("text_read"),
        text_lost=fields.get("text_source") == TextSource.OCR.value and not fields.get("text_read"),
        hashes=tuple(
            (image["field"], image.get("pdq"), image.get("pdq_quality"))
            for image in fields["images"]
            if image["sha256"]
        ),
    )


def _pairs(probabilities: Any) -> Any:
    """A map as JSON has it, or the pairs that Parquet gives."""
    return probabilities.items() if isinstance(probabilities, Mapping) else probabilities
