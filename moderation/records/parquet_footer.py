"""Opening Parquet, footers that pyarrow refuses included.

Beside Parquet's own schema a footer may hold Arrow's (``ARROW:schema``), and pyarrow refuses the
whole file where that names a type which it lacks, such as Polars' 128-bit integers. Parquet's own
schema says what is needed, so the file is then read by that alone.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from moderation.records.class_labels import ClassLabels, class_labels

_OPTIONS: dict[str, Any] = {
    "buffer_size": 1 << 20,
    "pre_buffer": False,
    "page_checksum_verification": True,
}
_KEY, _OTHER_KEY = b"ARROW:schema", b"arrow:unread"
_LONG_INTEGER_BYTES = 16
_TAIL_BYTES = 8


@dataclass(frozen=True, slots=True)
class OpenParquet:
    """A file that can be read, column chunks through a small buffer instead of whole."""

    file: Any
    """``pyarrow.parquet.ParquetFile``"""
    long_integers: frozenset[str] = frozenset()
    """Columns of 128-bit integers, which come as 16 bytes a value."""
    class_labels: ClassLabels = field(default_factory=dict)
    """Columns of numbers that stand for names."""


def open_parquet(stream: BinaryIO) -> OpenParquet:
    """Open it; raises what pyarrow raises on a bad file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return _opened(pq.ParquetFile(stream, **_OPTIONS))
    except pa.ArrowNotImplementedError as error:
        bare = open_bare(stream)
        long = _long_integers(bare.file) if "64 bits" in str(error) else frozenset()
        return replace(bare, long_integers=long)


def open_bare(stream: BinaryIO) -> OpenParquet:
    """Open it by Parquet's own schema."""
    import pyarrow.parquet as pq

    by_parquet: Any = _WithoutArrowSchema(stream)
    return _opened(pq.ParquetFile(by_parquet, **_OPTIONS))


def _opened(file: Any) -> OpenParquet:
    return OpenParquet(file, class_labels=class_labels(file.metadata.metadata))


def _long_integers(file: Any) -> frozenset[str]:
    import pyarrow as pa

    return frozenset(
        field.name for field in file.schema_arrow if field.type == pa.binary(_LONG_INTEGER_BYTES)
    )


class _WithoutArrowSchema(io.RawIOBase):
    """The stream with another key where its footer says ``ARROW:schema``."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        size = stream.seek(-_TAIL_BYTES, io.SEEK_END)
        footer_bytes = int.from_bytes(stream.read(4), "little")
        self._footer_at = size - footer_bytes
        stream.seek(self._footer_at)
        self._footer = stream.read().replace(_KEY, _OTHER_KEY)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        end = self._footer_at + len(self._footer)
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: end}[whence]
        self._at = base + offset
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            size = self._footer_at + len(self._footer) - self._at
        data = b""
        if self._at < self._footer_at:
            self._stream.seek(self._at)
            data = self._stream.read(min(size, self._footer_at - self._at))
        if len(data) < size and self._at + len(data) >= self._footer_at:
            start = self._at + len(data) - self._footer_at
            data += self._footer[start : start + size - len(data)]
        self._at += len(data)
        return data
