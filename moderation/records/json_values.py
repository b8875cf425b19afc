"""Rows of a JSON array, or of objects that run over lines: cut apart by their brackets.

Only the object at hand is held, never the array. No string holds a line's end, so that a quote
left open costs its own element where elements stand on lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from moderation.records.jsonl import parse_row, too_large
from moderation.records.lines import ByteStream, blocks
from moderation.records.rows import BadRow, RawRow, raw_text
from schemas.codes import Code

_BOM = b"\xef\xbb\xbf"
_BEGINS = re.compile(rb"\s*(?:\[|\{[ \t\r]*\n)")
_GOES_ON = re.compile(rb"[ \t]*[{,]")
_TOKEN = re.compile(rb'"[^"\\\n]*(?:\\.[^"\\\n]*)*["\n]|["\[\]{},]', re.DOTALL)
_REST_OF_STRING = re.compile(rb'[^"\\\n]*(?:\\.[^"\\\n]*)*', re.DOTALL)


def holds_values(head: bytes) -> bool:
    """Whether a file that begins so is no JSON Lines.

    It is an array, or objects over several lines, or objects one behind the other on a line.
    """
    head = head.removeprefix(_BOM)
    if _BEGINS.match(head):
        return True
    line = head.lstrip().partition(b"\n")[0]
    first = next(_Cutter(len(head)).feed(line), None) if line.startswith(b"{") else None
    return bool(first and _GOES_ON.match(line, len(first[0])))


def head_values(head: bytes) -> Iterator[bytes]:
    """The whole elements that a file of values begins with."""
    return (text for text, whole in _Cutter(len(head)).feed(head) if whole)


def json_value_rows(
    stream: ByteStream,
    source: str,
    *,
    max_row_bytes: int,
    columns: frozenset[str] | None = None,
) -> Iterator[RawRow | BadRow]:
    """Yield a row per element; ``row`` counts them from 1 over the file.

    A file that ends inside an array or an object ends with one ``BadRow`` without a row number.
    """
    row = 0
    cutter = _Cutter(max_row_bytes)
    for block in blocks(stream):
        for text, whole in cutter.feed(block):
            row += 1
            if whole:
                yield parse_row(text, source, row, columns=columns)
            else:
                yield too_large(source, row, text, max_row_bytes=max_row_bytes)
    if cutter.open:
        where = f"after element {row:,}" if row else "in its first element"
        message = f"{source} cannot be read as jsonl: the JSON breaks off {where}"
        raw = raw_text(cutter.rest) if cutter.rest else None
        yield BadRow(source, None, Code.UNREADABLE_FILE, message, raw)


class _Cutter:
    """Feeds on blocks, gives elements: ``(text, whole)``, cut where they are over the cap."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held = b""
        """From the start of the element at hand on."""
        self._scanned = 0
        self._depth = 0
        """Brackets open within the element."""
        self._in_array = False
        self._in_string = False
        self._cut: bytes | None = None
        """Start of an element that is over the cap and passed over."""
        self._first = True

    @property
    def rest(self) -> bytes:
        return self._held.strip() if self._cut is None else self._cut

    @property
    def open(self) -> bool:
        return self._in_array or bool(self.rest)

    def feed(self, block: bytes) -> Iterator[tuple[bytes, bool]]:
        if self._first:
            block, self._first = block.removeprefix(_BOM), False
        self._held += block
        start = 0
        while (token := self._token()) is not None:
            end = self._scanned
            if self._ends(token):
                # a comma or the array's bracket stands behind the element, a brace is its own
                yield from self._element(start, end if token == b"}" else end - 1)
                start = end
            elif token == b"[" and not self._in_array and not self._depth:
                yield from self._element(start, end - 1)
                self._in_array, start = True, end
            elif token in (b"[", b"{"):
                self._depth += 1
            elif token in (b"]", b"}") and self._depth:
                self._depth -= 1
        self._held = self._held[start:]
        self._scanned -= start
        self._pass_over()

    def _ends(self, token: bytes) -> bool:
        """Whether the element ends with this token, and the state behind it."""
        if self._in_array:
            if self._depth or token not in (b",", b"]"):
                return False
            self._in_array = token == b","
            return True
        if token == b"}" and self._depth == 1:
            self._depth = 0
            return True
        return token == b"," and not self._depth

    def _element(self, start: int, end: int) -> Iterator[tuple[bytes, bool]]:
        cut, self._cut = self._cut, None
        if cut is not None:
            yield cut, False
            return
        text = self._held[start:end].strip()
        if len(text) > self._max_bytes:
            yield text[: self._max_bytes], False
        elif text:
            yield text, True

    def _token(self) -> bytes | None:
        """The next bracket or comma outside strings; None where more bytes are needed."""
        while True:
            if self._in_string:
                self._scanned = _end(_REST_OF_STRING.match(self._held, self._scanned))
                if self._held[self._scanned : self._scanned + 1] not in (b'"', b"\n"):
                    return None
                self._scanned += 1
                self._in_string = False
            found = _TOKEN.search(self._held, self._scanned)
            if found is None:
                self._scanned = len(self._held)
                return None
            self._scanned = found.end()
            token = found[0]
            if token == b'"':
                self._in_string = True
            elif not token.startswith(b'"'):
                return token

    def _pass_over(self) -> None:
        """Of an element over the cap only its start is kept."""
        if len(self._held) <= self._max_bytes:
            return
        if self._cut is None:
            self._cut = self._held[: self._max_bytes].strip()
        self._held, self._scanned = self._held[self._scanned :], 0


def _end(found: re.Match[bytes] | None) -> int:
    assert found is not None  # the pattern matches the empty string too
    return found.end()
