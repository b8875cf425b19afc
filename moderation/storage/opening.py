"""Opening an input file as a stream of its bytes, with its compression undone."""

from __future__ import annotations

import bz2
import gzip
import io
from typing import Any, BinaryIO, cast

from moderation.storage import files
from moderation.storage.input_files import Compression

_BLOCK_BYTES = 1 << 16


def open_bytes(path: str, *, compression: Compression = Compression.NONE) -> BinaryIO:
    """Open a local or remote file for reading; compression is undone while streaming.

    The stream raises ``OSError`` or ``EOFError`` where compressed data are damaged or cut off. Only
    a file without compression can be sought in.
    """
    stream = files.open_read(path)
    try:
        return cast(BinaryIO, _unpacked(stream, compression))
    except BaseException:
        stream.close()
        raise


def _unpacked(stream: BinaryIO, compression: Compression) -> Any:
    if compression is Compression.GZIP:
        return _GzipStream(stream)
    if compression is Compression.BZ2:
        return _Bz2Stream(stream)
    if compression is Compression.ZSTD:
        return _zstd_stream(stream)
    return stream


class _GzipStream(gzip.GzipFile):
    """A gzip reader that closes the file it reads from."""

    def __init__(self, stream: BinaryIO) -> None:
        self._inner = stream
        super().__init__(fileobj=stream, mode="rb")

    def close(self) -> None:
        super().close()
        self._inner.close()


class _Bz2Stream(bz2.BZ2File):
    """A bzip2 reader that closes the file it reads from."""

    def __init__(self, stream: BinaryIO) -> None:
        self._inner = stream
        super().__init__(stream, mode="rb")

    def close(self) -> None:
        super().close()
        self._inner.close()


class _ZstdStream(io.RawIOBase):
    """Arrow's reader a little at a time: what it has unpacked when it meets a cut, it drops."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self._inner = inner

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        return cast(bytes, self._inner.read(_BLOCK_BYTES if size < 0 else min(size, _BLOCK_BYTES)))

    def close(self) -> None:
        self._inner.close()
        super().close()


def _zstd_stream(stream: BinaryIO) -> Any:
    """Arrow's reader: it takes frame after frame, tells a cut, and caps the window at 128 MiB."""
    import pyarrow as pa

    return _ZstdStream(pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), "zstd"))
