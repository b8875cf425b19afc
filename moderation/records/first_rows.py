"""A look at the first rows of each input, so that columns which fit nothing are told at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pydantic_core import from_json

from moderation.records.columns import likely_columns, text_columns
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.dead_letters.read import is_letter
from moderation.records.items import Item
from moderation.records.layout import FIELDS, Layout
from moderation.records.paths import leads_somewhere
from moderation.records.rows import BadRow, RawRow
from moderation.records.spans import plan_spans, read_span
from moderation.records.validate import Validator
from moderation.storage.input_files import Format, InputFile
from moderation.storage.parking import Parking
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind, fields_of

_ROWS = 20
_FILES = 32
_COLUMNS = 20
_TABLES = (Format.CSV, Format.PARQUET)
"""Whose rows all have the same columns."""


def misfits(files: Sequence[InputFile], layout: Layout, *, max_row_bytes: int) -> list[str]:
    """What is wrong with each file of whose first rows none can be judged.

    The first 20 rows of up to 32 files are read, spread over all of them; nothing is written.
    """
    step = max(1, len(files) // _FILES)
    told = (_misfit(file, layout, max_row_bytes) for file in files[::step][:_FILES])
    return [each for each in told if each]


def first_items(
    files: Sequence[InputFile], layout: Layout, *, max_row_bytes: int
) -> Iterator[Item]:
    """What the first rows of each file ask about, of those that can be judged; as ``misfits``."""
    step = max(1, len(files) // _FILES)
    validator = Validator(layout, _Nowhere("nowhere"))
    for file in files[::step][:_FILES]:
        for row in itertools.islice(rows_of(file, layout, max_row_bytes), _ROWS):
            found = validator(row)
            if not isinstance(found, DeadLetter):
                yield found[1]


class _Nowhere(Parking):
    """Takes image bytes and keeps none."""

    def park(self, data: bytes) -> str:
        return self.folder


def _misfit(file: InputFile, layout: Layout, max_row_bytes: int) -> str | None:
    rows = list(itertools.islice(rows_of(file, layout, max_row_bytes), _ROWS))
    validator = Validator(layout, _Nowhere("nowhere"))
    found = [validator(row) for row in rows]
    problems = [each for each in found if isinstance(each, DeadLetter) and not each.passed_on]
    if len(problems) < len(rows) or not rows:
        return _paths_to_nothing(file, layout, rows)
    first = next((row for row in rows if isinstance(row, RawRow)), None)
    if first is None or is_letter(first.fields):
        return f"{file.path}: {problems[0].message.removeprefix(f'{file.path} ')}"
    columns = [str(name) for name in layout.as_text(first.fields)]
    lines = [
        f"{file.path}: none of its first {len(rows):,} rows can be judged: {problems[0].message}",
        f"  columns found: {_listed(columns)}",
        f"  wanted: {_wanted(layout)}",
    ]
    return "\n".join([*lines, *_hints(file, layout, first, columns)])


def _paths_to_nothing(
    file: InputFile, layout: Layout, rows: Sequence[RawRow | BadRow]
) -> str | None:
    """Which paths none of the rows has: all of its images would be null, and nobody told."""
    records = [row.fields for row in rows if isinstance(row, RawRow) and not is_letter(row.fields)]
    lost = [
        f"{name}={path}"
        for name, path in layout.columns.items()
        if path in layout.paths and not any(leads_somewhere(fields, path) for fields in records)
    ]
    if not lost or not records:
        return None
    return (
        f"{file.path}: {', '.join(lost)} leads nowhere in its first {len(records):,} "
        "rows: null there, so check the path if records have it"
    )


def rows_of(file: InputFile, layout: Layout, max_row_bytes: int) -> Iterator[RawRow | BadRow]:
    """Its rows in their order, read as they are asked for."""
    needed = layout.read_columns(FIELDS)
    for span in plan_spans(file):
        yield from read_span(span, max_row_bytes=max_row_bytes, needed=needed)


def _hints(file: InputFile, layout: Layout, first: RawRow, columns: list[str]) -> list[str]:
    if len(columns) == 1 and file.format is Format.CSV:
        return [
            "  it has one column: cells are separated by commas, semicolons, tabs or bars, or by "
            "the character that a first line 'sep=…' names"
        ]
    if file.format is Format.JSONL and len(rows_in := _lists_of_records(first)) == 1:
        return [f"  {rows_in[0]!r} holds records: bring them alone, one to a line or as one array"]
    have = {field for field, column in layout.columns.items() if column in columns or not column}
    guesses = []
    for kind in _kinds(layout):
        lacking = [name for name in fields_of(kind) if name not in columns and name not in have]
        guess = likely_columns(lacking, columns)
        without = {
            name: ""
            for name in lacking
            if name not in guess and name in IMAGE_FIELDS[kind] and guess
        }
        texts = {
            name: next(iter(text_columns(name, first.fields)), "…")
            for name in lacking
            if name not in guess and name in TEXT_FIELDS[kind] and guess
        }
        guesses.append((len(guess) - len(lacking) + len(without), guess | texts | without))
    _, best = max(guesses, key=lambda each: each[0])
    if not any(best.values()):
        return []
    all_columns = {**layout.columns, **best}
    pairs = ",".join(f"{field}={column}" for field, column in all_columns.items())
    return [f"  perhaps: --columns {_quoted(pairs)}"]


def _lists_of_records(row: RawRow) -> list[str]:
    return [
        str(name)
        for name, value in row.fields.items()
        if isinstance(value, list) and value and isinstance(value[0], dict)
    ]


def _kinds(layout: Layout) -> Iterable[Kind]:
    return (layout.record_kind,) if layout.record_kind else Kind


def _wanted(layout: Layout) -> str:
    return " or ".join(f"{', '.join(fields_of(kind))} (a {kind.value})" for kind in _kinds(layout))


def _listed(columns: list[str]) -> str:
    more = f" and {len(columns) - _COLUMNS:,} more" if len(columns) > _COLUMNS else ""
    return ", ".join(columns[:_COLUMNS]) + more


def _quoted(pairs: str) -> str:
    return f"'{pairs}'" if any(char in pairs for char in " ;|&$()<>*?") else pairs


class Beside(NamedTuple):
    """Columns that first rows have beside what is judged."""

    names: frozenset[str]
    rows: int
    """That were looked at, and can be judged."""
    all_of_them: bool
    """No row of any file can have another column."""


def columns_beside(files: Sequence[InputFile], layout: Layout, *, max_row_bytes: int) -> Beside:
    """What rides along with the first rows of each file; as ``misfits``."""
    step = max(1, len(files) // _FILES)
    looked_at = files[::step][:_FILES]
    validator = Validator(layout, _Nowhere("nowhere"))
    names: set[str] = set()
    judged, known = 0, len(looked_at) == len(files)
    for file in looked_at:
        rows = list(itertools.islice(rows_of(file, layout, max_row_bytes), _ROWS))
        known = known and (file.format in _TABLES or len(rows) < _ROWS)
        for row in rows:
            found = validator(row)
            if not isinstance(found, DeadLetter):
                judged += 1
                names |= from_json(found[0].extras).keys()
    return Beside(frozenset(names), judged, known)
