"""The body of a response, capped while it streams and again while it is decompressed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from moderation.images.fetching.client import translated
from moderation.images.types import ImageError
from schemas.codes import Code

if TYPE_CHECKING:
    import aiohttp

    from moderation.images.fetching.budgets import Reservation, TimeBudget

_STEP_BYTES = 256 << 10
_GZIP = b"\x1f\x8b"


async def read_body(
    response: aiohttp.ClientResponse,
    reservation: Reservation,
    budget: TimeBudget,
    *,
    max_bytes: int,
) -> bytes:
    """The bytes of a response, its Content-Encoding undone.

    Room is reserved before bytes are read: all of an announced length at once, else step by
    step. Raises ``ImageError``: ``TOO_LARGE_BYTES``, ``EMPTY``, ``CORRUPT``, ``TIMEOUT``.
    """
    announced = response.content_length
    if announced is not None and announced > max_bytes:
        raise ImageError(Code.TOO_LARGE_BYTES, f"{announced} bytes; at most {max_bytes} are read")
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    inflater = Inflater(encoding, max_bytes) if encoding in ("gzip", "x-gzip", "deflate") else None
    sink = _Sink(inflater, max_bytes)
    await reservation.grow(_STEP_BYTES if announced is None else announced)
    while not await _fill(sink, response, reservation, budget):
        await reservation.grow(min(max(_STEP_BYTES, reservation.amount), 4 * _STEP_BYTES))
    data = sink.finish()
    if not data:
        raise ImageError(Code.EMPTY, "the body is empty")
    reservation.shrink_to(len(data))
    return data


async def _fill(
    sink: _Sink, response: aiohttp.ClientResponse, reservation: Reservation, budget: TimeBudget
) -> bool:
    filling = translated(sink.fill(response, reservation.amount))
    return await budget.spend(filling, "reading the body")


class _Sink:
    def __init__(self, inflater: Inflater | None, max_bytes: int) -> None:
        self._inflater = inflater
        self._max_bytes = max_bytes
        self._data = bytearray()
        self._wire_size = 0

    async def fill(self, response: aiohttp.ClientResponse, reserved: int) -> bool:
        """Read until the reservation is used up or the body ends; True at its end."""
        content = response.content
        while True:
            chunk = await content.readany()
            if not chunk:
                return True
            self._wire_size += len(chunk)
            if self._inflater is not None:
                chunk = self._inflater.feed(chunk)
            self._data += chunk
            if max(len(self._data), self._wire_size) > self._max_bytes:
                raise ImageError(
                    Code.TOO_LARGE_BYTES, f"the body is larger than {self._max_bytes} bytes"
                )
            if len(self._data) >= reserved and not content.at_eof():
                return False

    def finish(self) -> bytes:
        if self._inflater is not None:
            self._data += self._inflater.finish()
        return bytes(self._data)


class Inflater:
    """Undoes gzip or deflate, never giving more than ``max_bytes`` in all.

    Bytes that are not compressed although the header says so pass as they are: what they
    are is told by their magic bytes, later.
    """

    def __init__(self, encoding: str, max_bytes: int) -> None:
        self._encoding = encoding
        self._left = max_bytes
        self._head = b""
        self._inflate: zlib._Decompress | None = None
        self._plain = False

    def feed(self, chunk: bytes) -> bytes:
        """The next bytes, decompressed. Raises ``ImageError``: TOO_LARGE_BYTES or CORRUPT."""
        if self._plain:
            return chunk
        if self._inflate is None:
            self._head += chunk
            if len(self._head) < 2:
                return b""
            chunk, self._head = self._head, b""
            if not self._begin(chunk):
                self._plain = True
                return chunk
        return self._run(chunk)

    def finish(self) -> bytes:
        """What is left at the end of the body."""
        if self._inflate is not None and not self._inflate.eof:
            raise ImageError(Code.TRUNCATED, "the compressed body ends early")
        return self._head

    def _begin(self, head: bytes) -> bool:
        if self._encoding != "deflate":
            if not head.startswith(_GZIP):
                return False
            self._inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
        elif head[0] & 15 == 8 and int.from_bytes(head[:2], "big") % 31 == 0:
            self._inflate = zlib.decompressobj()
        else:
            self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        return True

    def _run(self, chunk: bytes) -> bytes:
        parts: list[bytes] = []
        while chunk and self._inflate is not None:
            try:
                part = self._inflate.decompress(chunk, self._left + 1)
            except zlib.error:
                raise ImageError(Code.CORRUPT, "the compressed body is broken") from None
            self._left -= len(part)
            if self._left < 0:
                raise ImageError(Code.TOO_LARGE_BYTES, "the body is a decompression bomb")
            parts.append(part)
            if not self._inflate.eof:
                break
            chunk = self._inflate.unused_data
            if not chunk.startswith(_GZIP):  # whatever follows the last member is no data
                break
            self._inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
        return b"".join(parts)
