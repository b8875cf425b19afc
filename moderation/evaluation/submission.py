"""``submission.csv`` as the Hateful Memes Challenge takes it: ``id,proba,label``."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from moderation.audit.tally_transforms import TALLY, Tallying
from moderation.evaluation.pairing.side_rows import Probabilities, ScoreRow, WantedRow
from moderation.records.positive import positive_place
from moderation.storage.files import DigestingFile
from moderation.storage.packing import Pack, open_all
from moderation.storage.shards import Shard
from schemas.records import Kind

FILE, SHARDS = "submission.csv", "shards"
_HEADER = ("id", "proba", "label")
_LINES = 10_000


class Answer(NamedTuple):
    """One line to be."""

    row: int
    """Of the file that the submission is for."""
    item_id: str
    p: float | None
    """Of the positive label; None where no verdict, or contradicting ones, are about the item."""


def answer(wanted: WantedRow, scores: Sequence[ScoreRow], task: str) -> Answer:
    """A meme's line."""
    probabilities = {
        _positive_p(row.tasks[task], task)
        for row in scores
        if task in row.tasks and row.kind in (Kind.MEME.value, None)
    }
    return Answer(
        wanted.row, wanted.item_id, probabilities.pop() if len(probabilities) == 1 else None
    )


def _positive_p(given: Probabilities, task: str) -> float:
    return given[positive_place([label for label, _ in given], task)][1]


@dataclass(eq=False, repr=False)
class WriteSubmission(beam.PTransform):
    """Packs of ``Answer`` → the one staged file, under ``shards``, and ``tally``."""

    folder: str
    threshold: float

    def expand(self, answers: Any) -> Any:
        """All answers meet in one place: a submission is one file, in the order it was asked."""
        return (
            answers
            | "InOneFile" >> beam.GroupByKey()
            | "Write"
            >> beam.ParDo(_WriteFile(self.folder, self.threshold)).with_outputs(TALLY, main=SHARDS)
        )


@dataclass(eq=False)
class _WriteFile(Tallying):
    """``(None, [Pack of Answer])`` → the staged file as a ``Shard``, in the order of the rows."""

    folder: str
    threshold: float

    def process(self, gathered: tuple[None, Iterable[Pack]]) -> Iterator[Shard | TaggedOutput]:
        """Write every line that can be; count the others and keep some as examples."""
        answers = sorted(Answer(*values) for values in open_all(gathered[1]))
        file = DigestingFile(f"{self.folder}/submission/{uuid.uuid4().hex}.csv")
        file.write(_lines([_HEADER]))
        for start in range(0, len(answers), _LINES):
            file.write(_lines(self._told(answers[start : start + _LINES])))
        file.close()
        written = sum(each.p is not None for each in answers)
        yield Shard("submission", "csv", file.path, written, file.bytes, file.sha256)

    def _told(self, answers: Sequence[Answer]) -> Iterator[Sequence[object]]:
        for each in answers:
            if each.p is None:
                self._tally.add("submission", "without_verdict")
                self._tally.example(
                    "submission", "without_verdict", ("", each.row, each.item_id, "")
                )
                continue
            self._tally.add("submission", "written")
            yield each.item_id, repr(each.p), int(each.p >= self.threshold)


def _lines(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
