"""Lines that make up CSV records, with a way back: a record that failed may be read again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from moderation.records.half_characters import mend_utf8
from moderation.records.lines import ByteStream, bounded_lines
from moderation.records.rows import raw_text

_BOM = b"\xef\xbb\xbf"
_RAW_LINES = 1000


class RecordTooLarge(Exception):
    """The record at hand is over the cap."""


class RecordLines:
    """Feeds ``csv.reader`` line by line and remembers the lines of the record at hand."""

    def __init__(self, stream: ByteStream, *, max_row_bytes: int) -> None:
        self._lines = bounded_lines(stream, max_line_bytes=max_row_bytes)
        self._max_row_bytes = max_row_bytes
        self._record: list[tuple[bytes, bool]] = []
        self._record_bytes = 0
        self._again: deque[tuple[bytes, bool]] = deque()
        self._first = True
        self.is_utf8 = True
        """Whether all bytes of the record at hand are."""

    def start_record(self) -> None:
        """What comes now belongs to the next record."""
        self._record, self._record_bytes, self.is_utf8 = [], 0, True

    def texts(self) -> Iterator[str]:
        """The lines of the record at hand."""
        return (_decoded(line)[0] for line, _ in self._record)

    @property
    def count(self) -> int:
        """How many lines the record at hand has so far."""
        return len(self._record)

    def give_back(self, kept: int) -> None:
        """The record at hand has ``kept`` lines; those behind them are read again."""
        self._again.extendleft(reversed(self._record[kept:]))
        del self._record[kept:]

    def raw(self) -> str:
        """The record at hand, for people to find it by."""
        return raw_text(b"\n".join(line for line, _ in self._record[:_RAW_LINES]))

    def __iter__(self) -> RecordLines:
        return self

    def __next__(self) -> str:
        line, whole = self._again.popleft() if self._again else next(self._lines)
        if self._first:
            line, self._first = line.removeprefix(_BOM), False
        self._record.append((line, whole))
        self._record_bytes += len(line)
        if not whole or self._record_bytes > self._max_row_bytes:
            raise RecordTooLarge(
                f"the record is over {self._max_row_bytes:,} bytes: is a quote left open? "
                "Raise --max_row_mb if it is meant to be so large"
            )
        text, is_utf8 = _decoded(line)
        self.is_utf8 = self.is_utf8 and is_utf8
        return text + "\n"


def _decoded(line: bytes) -> tuple[str, bool]:
    try:
        return line.decode(), True
    except UnicodeDecodeError:
        line = mend_utf8(line)
    try:
        return line.decode(), True
    except UnicodeDecodeError:
        return line.decode(errors="surrogateescape"), False
