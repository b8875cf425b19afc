"""The rows of a run's files, read back one at a time and held against their schemas."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from moderation.records.class_labels import named
from moderation.records.parquet_footer import OpenParquet, open_parquet
from moderation.storage import files
from moderation.storage.tfrecords import count_records
from schemas.datasets import ConflictEntry, GroupEntry
from schemas.export import CountedDecision, DiffEntry, Provenance
from schemas.metrics import EvaluatedItem
from schemas.review_tasks import DoccanoExample
from schemas.verdicts import DeadLetter, ReviewEntry, Verdict

SUFFIXES = (".parquet", ".jsonl", ".tfrecord", ".tfrecord.gz", ".csv", ".json")
"""Of files that have rows."""
_ROWS_AT_ONCE = 1_024


class TrainingRow(BaseModel):
    """A row of an export's ``data/``: a record, under its kind's and the caller's columns."""

    model_config = ConfigDict(extra="allow", frozen=True)

    label: str | list[str]
    provenance: Provenance
    extras: str = "{}"


MODELS: Mapping[str, type[BaseModel]] = {
    "conflicts": ConflictEntry,
    "data": TrainingRow,
    "dead_letters": DeadLetter,
    "decisions": CountedDecision,
    "diff": DiffEntry,
    "groups": GroupEntry,
    "items": EvaluatedItem,
    "review_queue": ReviewEntry,
    "review_tasks": DoccanoExample,
    "verdicts": Verdict,
}
"""By the table's folder."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A row that is none of its table's."""

    why: str


def count_rows(path: str) -> int:
    """Rows of a file, none of them looked into; of Parquet its footer's word.

    Raises:
        one of ``unreadable()``: where it ends or breaks off before it should.
    """
    with files.open_read(path) as stream:
        if path.endswith(".parquet"):
            return int(open_parquet(stream).file.metadata.num_rows)
        if path.endswith(".gz"):
            with gzip.GzipFile(fileobj=stream) as unpacked:
                return count_records(unpacked)  # type: ignore[arg-type]
        if path.endswith(".tfrecord"):
            return count_records(stream)
        if path.endswith(".csv"):
            text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
            return max(0, sum(1 for _ in csv.reader(text)) - 1)
        lines = sum(1 for _ in stream)
        return max(0, lines - 2) if path.endswith(".json") else lines  # an array's brackets


def read_rows(path: str, model: type[BaseModel]) -> Iterator[BaseModel | Misfit]:
    """The rows of Parquet or JSON Lines as their model, or what keeps them from it.

    Raises:
        one of ``unreadable()``: as ``count_rows``.
    """
    with files.open_read(path) as stream:
        if path.endswith(".jsonl"):
            for line in stream:
                yield _fitted(model.model_validate_json, line)
            return
        for row in _parquet_rows(open_parquet(stream)):
            yield _fitted(model.model_validate, row)


def _fitted(validate: Any, row: Any) -> BaseModel | Misfit:
    try:
        fitted: BaseModel = validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        return Misfit(f"{where}: {first['msg']}" if where else first["msg"])
    return fitted


def _parquet_rows(opened: OpenParquet) -> Iterator[dict[str, Any]]:
    import pyarrow as pa

    file = opened.file
    maps = [field.name for field in file.schema_arrow if pa.types.is_map(field.type)]
    for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
        for row in batch.to_pylist():
            for name in maps:
                row[name] = None if row[name] is None else dict(row[name])
            for name, names in opened.class_labels.items():
                [row[name]] = named([row.get(name)], names)
            yield row


def unreadable() -> tuple[type[BaseException], ...]:
    """What a broken file raises."""
    import pyarrow as pa

    return (OSError, ValueError, EOFError, zlib.error, csv.Error, pa.ArrowException)
