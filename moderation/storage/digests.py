"""What tells an input file from another version of itself: for the manifest, and for the commit.

A run takes down each input's version before its first row is read, and looks again when it would
commit: a file that was cut, continued or replaced in between gave rows that no manifest can vouch
for.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from moderation.storage.files import digest, is_remote
from moderation.storage.input_files import InputFile

_THREADS, _TOLD = 8, 3
_COARSEST_CLOCK_S = 3.0
"""File systems stamp a change to within so much: a file younger than that is looked into again."""


class Version(NamedTuple):
    """An input as it was when somebody looked."""

    path: str
    bytes: int | None
    """None: it could not be looked at, and so for the digest."""
    digest: str | None
    stamp: tuple[float, ...] | None
    """Where it is the same, so is the content; None: only the digest can tell."""


class InputChanged(RuntimeError):
    """An input is not what it was; the message says which, and how."""


def listed_versions(files: Sequence[InputFile], *, also: Iterable[str] = ()) -> list[Version]:
    """The ``Version`` of each file, now.

    Args:
        files: as they were listed.
        also: paths of files to watch of which no listing told the size.

    Raises:
        InputChanged: a file has another size than when it was listed.
    """
    listed = {file.path: file.bytes for file in files}
    before = versions(dict.fromkeys([*listed, *also]))
    expect_none(
        f"{version.path} had {listed[version.path]:,} bytes and has {version.bytes:,} now"
        for version in before
        if version.bytes is not None and version.bytes != listed.get(version.path, version.bytes)
    )
    return before


def versions(paths: Iterable[str]) -> list[Version]:
    """The files as they are now, in the order of their paths."""
    return _at_once(_version, paths)


def changes(before: Iterable[Version]) -> list[str]:
    """What became of each file that is not what it was; touching it is no change."""
    return [told for told in _at_once(_change, before) if told]


def expect_none(changes: Iterable[str]) -> None:
    """Raise ``InputChanged`` with the first of the changes."""
    found = list(changes)
    if found:
        more = f", and {len(found) - _TOLD:,} more" if len(found) > _TOLD else ""
        raise InputChanged(
            f"an input changed while it was read: {'; '.join(found[:_TOLD])}{more}. Run again once "
            "what writes it is done; a file gets its name best when it is whole"
        )


def file_digest(file: InputFile) -> str | None:
    """``sha256:…`` of a local file, ``etag:…`` (or the store's checksum) of an object."""
    return _version(file.path).digest


def _change(before: Version) -> str | None:
    if before.stamp is not None and _stamp(before.path) == before.stamp:
        return None
    after = _version(before.path)
    if (after.bytes, after.digest) == (before.bytes, before.digest):
        return None
    if after.bytes is None:
        return f"{before.path} had {_told(before)} and cannot be read any more"
    return f"{before.path} had {_told(before)} and has {_told(after)} now"


def _told(version: Version) -> str:
    if version.bytes is None:
        return "nothing to read"
    return f"{version.bytes:,} bytes ({(version.digest or 'no digest')[:19]}…)"


def _version(path: str) -> Version:
    try:
        return _object_version(path) if is_remote(path) else _file_version(path)
    except Exception:  # gone, barred, or a store that fails: the reader says what is wrong
        return Version(path, None, None, None)


def _file_version(path: str) -> Version:
    stamp = _stamp(path)
    sha256, size = digest(path)
    return Version(path, size, f"sha256:{sha256}", stamp)


def _object_version(path: str) -> Version:
    from apache_beam.io.filesystems import FileSystems

    found = FileSystems.get_filesystem(path).metadata(path)
    try:
        digest = f"etag:{FileSystems.checksum(path)}"
    except Exception:  # a store without checksums: size and time have to do
        digest = f"updated:{found.last_updated_in_seconds}"
    return Version(path, found.size_in_bytes, digest, None)


def _stamp(path: str) -> tuple[float, ...] | None:
    """What changes with a local file's content; None where that cannot be told."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    if time.time() - found.st_mtime < _COARSEST_CLOCK_S:
        return None
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _at_once(work: Callable[[Any], Any], each: Iterable[Any]) -> list[Any]:
    with ThreadPoolExecutor(_THREADS, "digests") as pool:
        return list(pool.map(work, each))
