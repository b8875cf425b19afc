"""The transforms that read an export's inputs and pack them for the join."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsSingleton

from moderation.audit.tally_transforms import TALLY
from moderation.exports import input_rows, read_records
from moderation.exports.reviewer_key import ReviewerKey
from moderation.exports.runs import Runs
from moderation.exports.shuffle_buckets import PackRows
from moderation.records.spans import plan_spans
from moderation.review.answers.rules import AnswerRules
from moderation.review.answers.shape import look
from moderation.storage.input_files import InputFile
from moderation.storage.parking import Parking


@dataclass(eq=False, repr=False)
class PackedVerdicts(beam.PTransform):
    """The verdict tables of all runs → ``(bucket, Pack of VerdictRow)``."""

    runs: Runs
    buckets: int

    def expand(self, pbegin: Any) -> Any:
        """Row groups, read side by side."""
        files = [
            (place, file) for place, run in enumerate(self.runs.runs) for file in run.verdict_files
        ]
        return (
            pbegin
            | "List" >> beam.Create(files, reshuffle=False)
            | "Plan" >> beam.FlatMap(_numbered_spans)
            | "Share" >> beam.Reshuffle()
            | "Read" >> beam.ParDo(input_rows.ReadVerdicts(self.runs))
            | "Pack" >> beam.ParDo(PackRows(self.buckets))
        )


@dataclass(eq=False, repr=False)
class PackedRecords(beam.PTransform):
    """The files that the runs judged → ``rows``: ``(bucket, Pack of RecordRow)``.

    ``problems``: ``(source, (code, message))`` for a file that is not what was judged.

    Args:
        runs: whose records are read again.
        inline_images: where image bytes that lie in records wait.
        buckets: how many the rows are dealt into.
        decisions: packs of all decisions, where only items with one are wanted; None: all are.
    """

    runs: Runs
    inline_images: Parking
    buckets: int
    decisions: Any | None

    def expand(self, pbegin: Any) -> dict[str, Any]:
        """Each distinct file once, however many runs judged it."""
        planned = (
            pbegin
            | "List" >> beam.Create([*enumerate(self.runs.sources)])
            | "Plan"
            >> beam.ParDo(read_records.PlanSources()).with_outputs(
                input_rows.PROBLEMS, main=input_rows.ROWS
            )
        )
        wanted: Any = None
        if self.decisions is not None:
            wanted = AsSingleton(
                self.decisions | "Wanted" >> beam.CombineGlobally(read_records.WantedItems())
            )
        rows = (
            planned[input_rows.ROWS]
            | "Share" >> beam.Reshuffle()
            | "Read" >> beam.ParDo(read_records.ReadSources(self.inline_images), wanted=wanted)
            | "Pack" >> beam.ParDo(PackRows(self.buckets))
        )
        return {input_rows.ROWS: rows, input_rows.PROBLEMS: planned[input_rows.PROBLEMS]}


@dataclass(eq=False, repr=False)
class PackedDecisions(beam.PTransform):
    """Decisions files → ``rows``: ``(bucket, Pack of DecisionRow)``, and further tags.

    ``rejected``, ``counts`` and ``tally`` are as ``ReadDecisions`` gives them.
    """

    files: tuple[InputFile, ...]
    key: ReviewerKey
    buckets: int
    rules: AnswerRules

    def expand(self, pbegin: Any) -> dict[str, Any]:
        """Names are hashed in the step that reads them: no shuffle sees one."""
        parsed = (
            pbegin
            | "List" >> beam.Create(list(self.files), reshuffle=False)
            | "Plan" >> beam.FlatMap(_looked_at, self.rules)
            | "Share" >> beam.Reshuffle()
            | "Read"
            >> beam.ParDo(input_rows.ReadDecisions(self.key, self.rules)).with_outputs(
                input_rows.REJECTED, input_rows.COUNTS, TALLY, main=input_rows.ROWS
            )
        )
        rows = parsed[input_rows.ROWS] | "Pack" >> beam.ParDo(PackRows(self.buckets))
        return {
            input_rows.ROWS: rows,
            input_rows.REJECTED: parsed[input_rows.REJECTED],
            input_rows.COUNTS: parsed[input_rows.COUNTS],
            TALLY: parsed[TALLY],
        }


@dataclass(eq=False, repr=False)
class PackedFormer(beam.PTransform):
    """The data files of an earlier export → ``(bucket, Pack of FormerLabel)``."""

    files: tuple[InputFile, ...]
    buckets: int

    def expand(self, pbegin: Any) -> Any:
        """Only what the diff needs."""
        return (
            pbegin
            | "List" >> beam.Create(list(self.files), reshuffle=False)
            | "Plan" >> beam.FlatMap(plan_spans)
            | "Read" >> beam.ParDo(input_rows.ReadFormer())
            | "Pack" >> beam.ParDo(PackRows(self.buckets))
        )


def _looked_at(file: InputFile, rules: AnswerRules) -> Any:
    shape = look(file, rules)
    return ((shape, span) for span in plan_spans(file))


def _numbered_spans(numbered: tuple[int, InputFile]) -> Any:
    place, file = numbered
    return ((place, span) for span in plan_spans(file))
