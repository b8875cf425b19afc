"""Lines of a byte stream with a cap on each, so that no line is ever held whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

_BLOCK_BYTES = 1 << 20


class ByteStream(Protocol):
    """The part of a binary file that the readers use."""

    def read(self, size: int = ..., /) -> bytes: ...


def bounded_lines(
    stream: ByteStream, *, max_line_bytes: int, stop: int | None = None
) -> Iterator[tuple[bytes, bool]]:
    """Yield ``(line, whole)`` with the line's end removed.

    A line over ``max_line_bytes`` comes cut, with ``whole`` False; the rest of it is passed
    over. At most ``stop`` bytes are read.
    """
    held = b""
    skipping = False
    for block in blocks(stream, stop=stop):
        lines = (held + block).split(b"\n")
        held = lines.pop()
        for line in lines:
            if skipping:
                skipping = False
            elif len(line) > max_line_bytes:
                yield line[:max_line_bytes], False
            else:
                yield line, True
        if skipping:
            held = b""
        elif len(held) > max_line_bytes:
            yield held[:max_line_bytes], False
            held, skipping = b"", True
    if held and not skipping:
        yield held, True


def blocks(stream: ByteStream, *, stop: int | None = None) -> Iterator[bytes]:
    """The stream in blocks of up to a megabyte; at most ``stop`` bytes of it.

    What a compressed file gave before it broke off comes out before the error does.
    """
    read = getattr(stream, "read1", stream.read)
    left = stop
    while left is None or left > 0:
        block: bytes = read(_BLOCK_BYTES if left is None else min(_BLOCK_BYTES, left))
        if not block:
            return
        if left is not None:
            left -= len(block)
        yield block


class LineFeeds:
    """A stream whose lines end with carriage returns alone, as if they ended with line feeds."""

    def __init__(self, stream: ByteStream) -> None:
        self._read = getattr(stream, "read1", stream.read)

    def read(self, size: int = -1, /) -> bytes:
        """As of a binary file."""
        return line_feeds(self._read(size))


def line_feeds(data: bytes) -> bytes:
    """The same with line feeds for carriage returns."""
    return data.replace(b"\r", b"\n")
