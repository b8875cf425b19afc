"""The first lines of a CSV: which character separates cells, and what the columns are called."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from moderation.records.csv_lines import RecordLines, RecordTooLarge
from schemas.records import Kind, fields_of

SEPARATORS: tuple[str, ...] = (",", ";", "\t", "|")
_NAMED_SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE | re.DOTALL)
_KNOWN = frozenset(name for kind in Kind for name in (*fields_of(kind), "label"))


class BadHeader(ValueError):
    """A header that no row can be read by; the message says why."""


@dataclass(frozen=True, slots=True)
class Header:
    """How a file's records are cut into named cells."""

    names: tuple[str, ...]
    """A column without a name is called after its place, ``column_3``."""
    separator: str
    nameless: frozenset[str]
    skips_blanks: bool
    """Whether a blank follows each separator, as in ``id, text``."""

    def reader(self, lines: Any) -> Any:
        """A ``csv.reader`` of records behind the header."""
        return csv.reader(
            lines, delimiter=self.separator, skipinitialspace=self.skips_blanks, strict=True
        )


def read_header(lines: RecordLines) -> Header | None:
    """The header, taken off ``lines``; None where the file is empty. Raises ``BadHeader``.

    The separator is the one that a ``sep=`` line names, or else the one that gives the most
    columns a known name, the comma where that does not tell and it separates anything.
    """
    separators = SEPARATORS
    while True:
        lines.start_record()
        line = next(lines, None)
        if line is None:
            return None
        named = _NAMED_SEPARATOR.fullmatch(line.removesuffix("\n").rstrip("\r"))
        if named:
            separators = (named[1],)
        elif line.strip():
            break
    lines.give_back(0)
    tried = [_cells(lines, one) for one in separators if one in line or one == separators[0]]
    best = max(tried, key=_fit)
    if isinstance(best.cells, str):
        raise BadHeader(best.cells)
    _cells(lines, best.separator, keep=True)
    return _header(best.cells, best.separator)


@dataclass(frozen=True, slots=True)
class _Tried:
    separator: str
    cells: list[str] | str
    """Or why there are none."""


def _cells(lines: RecordLines, separator: str, *, keep: bool = False) -> _Tried:
    lines.start_record()
    try:
        cells: list[str] | str = next(csv.reader(lines, delimiter=separator, strict=True))
    except (csv.Error, RecordTooLarge) as error:
        cells = f"the header cannot be read: {error}"
    if not lines.is_utf8 or any("\x00" in cell for cell in cells):
        cells = "the header is not UTF-8 text: is this a CSV file?"
    if not keep:
        lines.give_back(0)
    return _Tried(separator, cells)


def _fit(tried: _Tried) -> tuple[int, bool, int]:
    if isinstance(tried.cells, str):
        return -1, False, 0
    known = len({cell.strip() for cell in tried.cells} & _KNOWN)
    return known, tried.separator == SEPARATORS[0] and len(tried.cells) > 1, len(tried.cells)


def _header(cells: list[str], separator: str) -> Header:
    places = {f"column_{place}": cell for place, cell in enumerate(cells, start=1)}
    names = tuple(cell.strip() or place for place, cell in places.items())
    repeated = sorted(name for name, times in Counter(names).items() if times > 1)
    if repeated:
        raise BadHeader(f"the header repeats columns: {repeated[:5]}")
    return Header(
        names=names,
        separator=separator,
        nameless=frozenset(place for place, cell in places.items() if not cell.strip()),
        skips_blanks=len(cells) > 1 and all(cell.startswith(" ") for cell in cells[1:]),
    )
