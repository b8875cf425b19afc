"""Where known judgements come from: the run's own journal, and committed runs that are reused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq
from pydantic_core import from_json

from moderation.ocr.types import Ending, Reading
from moderation.runs.committed import CommittedRun, RunError, table_files
from moderation.runs.journal import Entry, Journal
from moderation.storage import files
from moderation.storage.input_files import Format, InputFile
from moderation.verdicts.judgement import Judgement, image_of
from moderation.verdicts.known_index import KnownIndex
from moderation.verdicts.run_tables import REVIEW_QUEUE
from schemas.card import Card
from schemas.hashes import HashMatch
from schemas.records import Kind
from schemas.verdicts import TextSource

_COLUMNS = (
    "content_key",
    "kind",
    "probabilities",
    "modalities",
    "images",
    "scored_at",
    "run_id",
    "reused_from",
    "reading",
    "text_read",
    "hash_matches",
    "looked_up_in",
)
_BATCH_ROWS = 4_096

Stored = tuple[Entry, str]
"""A judgement, and the id of the run that scored it."""


@dataclass(frozen=True, slots=True)
class KnownSources:
    """All that may be known before a run's first row."""

    journal: Journal
    runs: tuple[CommittedRun, ...]
    """Judged by the same model; the first has the first word."""
    card: Card

    def any(self) -> bool:
        """Whether anything may be known."""
        return bool(self.runs or self.journal.files())

    def load(self, index: KnownIndex) -> int:
        """Fill an index; how many items the run judged itself, in earlier starts."""
        for entries in self.journal.read(self.journal.files()):
            index.add_own(entries)
        own = len(index)
        for run in self.runs:
            texts = queued_texts(queue_of(run))
            for file in run.verdict_files:
                for batch in stored_verdicts(file, self.card, texts):
                    index.add_reused(batch, taken_from=run.path)
        return own


def queue_of(run: CommittedRun) -> tuple[InputFile, ...]:
    """The files of a run's review queue."""
    return tuple(table_files(run.path, run.manifest, REVIEW_QUEUE.table))


def queued_texts(queue: Iterable[InputFile]) -> dict[str, str]:
    """What was read from pictures, by content key, as a review queue has it for people.

    Raises:
        RunError: a file is not what the run wrote.
    """
    texts = {}
    for file in queue:
        with _told(file), files.open_read(file.path) as stream:
            for row in map(from_json, stream):
                if row.get("text_source") == TextSource.OCR.value:
                    texts[row["content_key"]] = "".join(row["texts"].values())
    return texts


def stored_verdicts(
    file: InputFile, card: Card, texts: Mapping[str, str]
) -> Iterator[list[Stored]]:
    """The judgements behind a committed run's verdicts, some thousand at a time.

    Args:
        file: of its table of verdicts.
        card: of the model that made them.
        texts: ``queued_texts`` of the run.

    Raises:
        RunError: the file is not what the run wrote.
    """
    labels = {
        kind: [(task.name, tuple(task.labels)) for task in card.tasks_for(kind)] for kind in Kind
    }
    with _told(file):
        for rows in _batches(file):
            yield [_stored(row, labels, texts) for row in rows]


@contextmanager
def _told(file: InputFile) -> Iterator[None]:
    """Whatever is wrong with a run's file, as ``RunError``."""
    try:
        yield
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        why = (str(error).splitlines() or [""])[0]
        raise RunError(
            f"{file.path} cannot be read, so its run's scores cannot be carried over: leave the "
            f"run out, or see what became of it by pipelines.verify ({type(error).__name__}: {why})"
        ) from error


def _stored(
    row: Mapping[str, Any],
    labels: Mapping[Kind, list[tuple[str, tuple[str, ...]]]],
    texts: Mapping[str, str],
) -> Stored:
    kind, scores = Kind(row["kind"]), dict(row["probabilities"])
    judgement = Judgement(
        content_key=row["content_key"],
        kind=kind,
        modalities=tuple(row["modalities"]),
        images=tuple(image_of(**image) for image in row["images"]),
        scored_at=row["scored_at"],
        probabilities={
            task: tuple(scores[f"{task}.{label}"] for label in names)
            for task, names in labels[kind]
            if f"{task}.{names[0]}" in scores
        },
        reading=_reading(row, texts),
        looked_up=row.get("looked_up_in") or "",
        matches=tuple(HashMatch.model_validate(each) for each in row.get("hash_matches") or ()),
    )
    entry = Entry(bytes.fromhex(judgement.content_key), judgement.stored())
    return entry, row.get("reused_from") or row["run_id"]


def _reading(row: Mapping[str, Any], texts: Mapping[str, str]) -> Reading | None:
    """What the run read; without the text where it kept none and nobody was to look at it."""
    ending = row.get("reading")
    text = row.get("text_read") or texts.get(row["content_key"]) or None
    return Reading(Ending(ending), text) if ending else None


def _batches(file: InputFile) -> Iterator[Iterable[Mapping[str, Any]]]:
    with files.open_read(file.path) as stream:
        if file.format is not Format.PARQUET:
            while lines := stream.readlines(1 << 20):
                yield [from_json(line) for line in lines]
            return
        table = pq.ParquetFile(stream)
        columns = [name for name in _COLUMNS if name in table.schema_arrow.names]
        for batch in table.iter_batches(batch_size=_BATCH_ROWS, columns=columns):
            yield batch.to_pylist()
