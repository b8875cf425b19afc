"""The first lines of a CSV: which character separates cells, and what the columns are called."""

from __future__ import annotations

import contextlib
import csv
import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from moderation.records.csv_lines import RecordLines, RecordTooLarge
from schemas.records import Kind, fields_of

SEPARATORS: tuple[str, ...] = (",", ";", "\t", "|")
_NAMED_SEPARATOR = re.compile(r'"?sep=(.|\\t)"?\s*', re.IGNORECASE | re.DOTALL)
_TRIED_RECORDS, _TRIED_LINES = 20, 200
_FITTING = 0.9
_FITTING_KNOWN = 0.6
"""Where ``_SURE`` names bear the separator out, damaged rows are the likelier reason."""
_SURE = 2
"""So many columns of known names under one separator are no accident."""
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


def read_header(lines: RecordLines, *, separators: tuple[str, ...] = SEPARATORS) -> Header | None:
    """The header, taken off ``lines``; None where the file is empty. Raises ``BadHeader``.

    The separator is the one that a ``sep=`` line names, or else that of ``separators`` which gives
    the most columns a known name, the first where that does not tell and it separates anything.
    Another one than the first is a guess, which the first rows must bear out: nearly all of them,
    or most where two names of columns are known.
    """
    while True:
        lines.start_record()
        line = next(lines, None)
        if line is None:
            return None
        named = _NAMED_SEPARATOR.fullmatch(line.removesuffix("\n").rstrip("\r"))
        if named:
            separators = ("\t" if named[1] == r"\t" else named[1],)
        elif line.strip():
            break
    lines.give_back(0)
    tried = [_cells(lines, one) for one in separators if one in line or one == separators[0]]
    best = max(tried, key=lambda each: _fit(each, separators[0]))
    if isinstance(best.cells, str):
        raise BadHeader(best.cells)
    _cells(lines, best.separator, keep=True)
    header = _header(best.cells, best.separator)
    if best.separator != separators[0]:
        known = len(_KNOWN & {*header.names}) >= _SURE
        _bear_out(header, lines, fitting_share=_FITTING_KNOWN if known else _FITTING)
    return header


def _bear_out(header: Header, lines: RecordLines, *, fitting_share: float) -> None:
    """Look at the first records, and give them back; a quote left open costs its own line."""
    lines.start_record()
    fitting = tried = at = 0
    with contextlib.suppress(RecordTooLarge):
        list(itertools.islice(lines, _TRIED_LINES))
    texts = [f"{line}\n" for line in lines.texts()]
    while at < len(texts) and tried < _TRIED_RECORDS:
        reader = header.reader(texts[at:])
        try:
            cells = next(reader)
        except csv.Error:
            cells, at = [""], at + 1
        else:
            at += reader.line_num
        tried += bool(cells)
        fitting += len(cells) == len(header.names)
    lines.give_back(0)
    if fitting < fitting_share * tried:
        separator = header.separator
        raise BadHeader(
            f"{separator!r} separates the header's columns, but only {fitting} of the first "
            f"{tried} rows have as many: separate cells by commas, quote those that hold one, or "
            f"begin the file with a line 'sep={separator}'"
        )


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


def _fit(tried: _Tried, first: str) -> tuple[int, bool, int]:
    if isinstance(tried.cells, str):
        return -1, False, 0
    known = len({cell.strip() for cell in tried.cells} & _KNOWN)
    return known, tried.separator == first and len(tried.cells) > 1, len(tried.cells)


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
