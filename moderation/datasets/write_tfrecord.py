"""TFRecord files as they are written: counted, digested, the same bytes for the same records."""

from __future__ import annotations

import gzip
import struct
from typing import IO, cast

from moderation.storage.files import DigestingFile
from moderation.storage.shards import Shard
from moderation.storage.tfrecords import checksum


def extension(compressed: bool) -> str:
    """Suffix of the files, without the dot."""
    return "tfrecord.gz" if compressed else "tfrecord"


class RecordWriter:
    """A TFRecord file, framed as ``storage.tfrecords`` says."""

    def __init__(self, path: str, *, compressed: bool) -> None:
        self._file = DigestingFile(path)
        self._stream: IO[bytes] = cast(IO[bytes], self._file)
        if compressed:
            self._stream = cast(
                IO[bytes],
                gzip.GzipFile(
                    filename="", mode="wb", compresslevel=6, fileobj=self._stream, mtime=0
                ),
            )
        self._compressed = compressed
        self._records = 0

    def write(self, record: bytes) -> None:
        """Append one record."""
        length = struct.pack("<Q", len(record))
        self._stream.write(b"".join((length, checksum(length), record, checksum(record))))
        self._records += 1

    def close(self, table: str) -> Shard:
        """Finish, and say what was written."""
        if self._compressed:
            self._stream.close()
        self._file.close()
        return Shard(
            table=table,
            extension=extension(self._compressed),
            path=self._file.path,
            rows=self._records,
            bytes=self._file.bytes,
            sha256=self._file.sha256,
        )
