"""The items of a review queue, read once; their texts wait packed."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from moderation.review.queue.questions import Question, questions_of
from moderation.storage import files
from moderation.storage.input_files import InputFile
from schemas.policy import CLEAR_SAMPLE, FLAG_SAMPLE
from schemas.records import Kind
from schemas.verdicts import ReviewEntry


class QueueError(ValueError):
    """A file that is no review queue; the message says where and why."""


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One distinct item that people are to see."""

    content_key: str
    item_id: str
    kind: Kind
    stratum: str
    """``review``, or which sample it is of: of the clear items, or of those with certain flags."""
    margin: float | None
    """Of its nearest score to a threshold."""
    source: str
    row: int
    """Of its record."""
    questions: tuple[Question, ...]
    """Those that its scores answer; none where a bank spared the model."""
    packed: bytes

    @classmethod
    def of(cls, entry: ReviewEntry) -> QueueItem:
        """The item of an entry."""
        line = entry.model_dump_json().encode("utf-8", "surrogatepass")
        return cls(
            entry.content_key,
            entry.item_id,
            entry.kind,
            _stratum(entry),
            entry.margin,
            sys.intern(entry.source),
            entry.row,
            questions_of(entry),
            zlib.compress(line, 1),
        )

    def entry(self) -> ReviewEntry:
        """All that the queue says of it."""
        return ReviewEntry.model_validate_json(zlib.decompress(self.packed))


def read_queue(queue: Iterable[InputFile]) -> Iterator[ReviewEntry]:
    """Entries of the queue's files, in their order.

    Raises:
        QueueError: a line that is no entry.
        OSError: a file cannot be read.
    """
    for file in queue:
        with files.open_read(file.path) as stream:
            for number, line in enumerate(stream, start=1):
                try:
                    yield ReviewEntry.model_validate_json(line)
                except ValidationError as error:
                    first = error.errors(include_url=False, include_input=False)[0]
                    field = ".".join(map(str, first["loc"])) or "the line"
                    raise QueueError(
                        f"{file.path}, row {number:,}: {field}: {first['msg']}"
                    ) from error


def _stratum(entry: ReviewEntry) -> str:
    sample = next((name for name in (CLEAR_SAMPLE, FLAG_SAMPLE) if name in entry.reasons), None)
    if sample is None:
        return "review"
    flags = [reason for reason in entry.reasons if reason != sample]
    return ":".join([sample, entry.kind.value, *flags])
