"""TFRecord files by their frames: length, its checksum, data, its checksum (masked CRC-32C).

https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
"""

from __future__ import annotations

import struct
from typing import IO

_LENGTH_BYTES, _CHECKSUM_BYTES = 8, 4
_BLOCK_BYTES = 1 << 20


class BrokenRecord(ValueError):
    """A record that was cut or changed; the message says which, and how."""


def checksum(data: bytes) -> bytes:
    """The masked checksum of a length or a record."""
    import google_crc32c

    return _masked(google_crc32c.value(data))


def count_records(stream: IO[bytes]) -> int:
    """Records of a file, whose checksums are compared; one block is in memory at a time.

    Raises:
        BrokenRecord: see there.
    """
    records = 0
    while head := stream.read(_LENGTH_BYTES):
        records += 1
        if stream.read(_CHECKSUM_BYTES) != checksum(head) or len(head) < _LENGTH_BYTES:
            raise BrokenRecord(f"record {records:,} has no whole length")
        due = _checksum_of_next(stream, *struct.unpack("<Q", head))
        if stream.read(_CHECKSUM_BYTES) != due:
            raise BrokenRecord(f"record {records:,} is cut, or is not what was written")
    return records


def _checksum_of_next(stream: IO[bytes], size: int) -> bytes:
    import google_crc32c

    crc = 0
    while size and (block := stream.read(min(size, _BLOCK_BYTES))):
        crc = google_crc32c.extend(crc, block)
        size -= len(block)
    return _masked(crc)


def _masked(crc: int) -> bytes:
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)
