"""Input files: matching patterns, telling formats, opening as byte streams."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO, cast


class Format(str, Enum):
    """The layouts that records come in."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


_SUFFIXES = {
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".json": Format.JSONL,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
}


class InputError(ValueError):
    """An ``--input`` that cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that a pattern matched."""

    path: str
    bytes: int
    format: Format
    gzipped: bool

    @property
    def splittable(self) -> bool:
        """Whether reading may start in the middle."""
        return not self.gzipped and self.format is not Format.CSV


def match_inputs(patterns: tuple[str, ...]) -> tuple[InputFile, ...]:
    """The files that the patterns match, each once, sorted by path.

    A pattern may also name a folder: its files of a known format are taken.

    Raises:
        InputError: where a pattern matches nothing, or a file whose format is not told by its name.
    """
    found: dict[str, InputFile] = {}
    for pattern in patterns:
        try:
            matched = _match(pattern)
        except (OSError, ValueError) as error:  # a store that is down, or whose client is missing
            raise InputError(f"--input {pattern!r} cannot be listed: {_cause(error)}") from error
        if not matched:
            raise InputError(
                f"--input {pattern!r} matches no file: check the path (patterns may hold * and ?)"
            )
        for path, size in matched:
            found[path] = _input_file(path, size)
    return tuple(found[path] for path in sorted(found))


def open_bytes(path: str, *, gzipped: bool = False) -> BinaryIO:
    """Open a local or remote file for reading; gzip is undone while streaming."""
    from apache_beam.io.filesystem import CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    if "://" in path:
        stream = FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED)
    else:
        stream = open(path, "rb")  # noqa: SIM115 - the caller closes it
    if gzipped:
        return cast(BinaryIO, _GzipStream(stream))
    return cast(BinaryIO, stream)


class _GzipStream(gzip.GzipFile):
    """A gzip reader that closes the file it reads from."""

    def __init__(self, stream: BinaryIO) -> None:
        self._inner = stream
        super().__init__(fileobj=stream, mode="rb")

    def close(self) -> None:
        super().close()
        self._inner.close()


def _match(pattern: str) -> list[tuple[str, int]]:
    from apache_beam.io.filesystems import FileSystems

    patterns = [pattern]
    if not pattern.endswith("/"):
        listed = FileSystems.match([pattern])[0].metadata_list
        files = [(found.path, found.size_in_bytes) for found in listed if _is_file(found.path)]
        if files:
            return files
    folder = pattern.rstrip("/")
    patterns = [f"{folder}/*{suffix}{gz}" for suffix in _SUFFIXES for gz in ("", ".gz")]
    return [
        (found.path, found.size_in_bytes)
        for result in FileSystems.match(patterns)
        for found in result.metadata_list
        if _is_file(found.path)
    ]


def _cause(error: Exception) -> str:
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    if "apache-beam[gcp]" in text:
        return "gs:// needs the gcp extra: pip install 'moderation-pipeline[gcp]' (make gcp)"
    return text


def _is_file(path: str) -> bool:
    import os

    return "://" in path or os.path.isfile(path)


def _input_file(path: str, size: int) -> InputFile:
    name = path.lower()
    gzipped = name.endswith(".gz")
    stem = name[: -len(".gz")] if gzipped else name
    for suffix, fmt in _SUFFIXES.items():
        if stem.endswith(suffix):
            if fmt is Format.PARQUET and gzipped:
                raise InputError(
                    f"--input {path!r}: Parquet compresses inside; give the file without .gz"
                )
            return InputFile(path=path, bytes=size, format=fmt, gzipped=gzipped)
    raise InputError(
        f"--input {path!r}: the name must end in one of {', '.join(_SUFFIXES)} "
        "(.jsonl, .ndjson, .json and .csv also with .gz)"
    )
