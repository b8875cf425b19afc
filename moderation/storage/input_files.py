"""Input files: what a file's name says of its layout and its compression."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from moderation.option_error import OptionError


class Format(str, Enum):
    """The layouts that records come in."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    PICTURE = "picture"
    """No layout of records: one row, which is the picture itself."""


class Compression(str, Enum):
    """What a file is packed with as a whole; Parquet packs its columns itself."""

    NONE = "none"
    GZIP = "gzip"
    BZ2 = "bz2"
    ZSTD = "zstd"


SUFFIXES = {
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".json": Format.JSONL,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
}
PACKED = {
    ".gz": Compression.GZIP,
    ".bz2": Compression.BZ2,
    ".zst": Compression.ZSTD,
    ".zstd": Compression.ZSTD,
}


_ROW_BYTES = 256
"""Of a row that is a picture's path."""


class InputError(OptionError, ValueError):
    """An input that cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file to read."""

    path: str
    bytes: int
    format: Format
    compression: Compression = Compression.NONE
    partition: tuple[tuple[str, str | None], ...] = ()
    """What the folders above it say of every row, as in ``dt=2026-11-01/``."""
    item_id: str = ""
    """Of a picture: its row's."""

    @property
    def record_bytes(self) -> int:
        """About so many are records."""
        return _ROW_BYTES if self.format is Format.PICTURE else self.bytes

    @property
    def compressed(self) -> bool:
        """Whether it holds more bytes than it has."""
        return self.compression is not Compression.NONE

    @property
    def splittable(self) -> bool:
        """Whether reading may start in the middle."""
        return not self.compressed and self.format is not Format.CSV


def told_by_name(name: str) -> tuple[Format, Compression]:
    """A file's layout and compression, whatever the case of its name.

    Raises:
        InputError: where the name tells none that can be read; without the name.
    """
    stem = name.lower()
    packed = next((suffix for suffix in PACKED if stem.endswith(suffix)), "")
    stem = stem.removesuffix(packed)
    fmt = next((fmt for suffix, fmt in SUFFIXES.items() if stem.endswith(suffix)), None)
    if fmt is None:
        raise InputError(
            f"the name must end in one of {', '.join(SUFFIXES)} "
            f"(all but Parquet also with {', '.join(PACKED)})"
        )
    if fmt is Format.PARQUET and packed:
        raise InputError(f"Parquet compresses inside; give the file without {packed}")
    return fmt, PACKED.get(packed, Compression.NONE)
