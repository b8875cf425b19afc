"""What ``_SUCCESS`` says: which manifest is a run's, by name and digest."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass

from pydantic import ValidationError

from moderation.runs.directory import MANIFEST, MARKER
from moderation.storage import files
from schemas.manifest import Manifest

_TOKEN = re.compile(r"\.([0-9a-f]{8})(?=\.)")
_TRIES = 20


class NotAsCommitted(ValueError):
    """A marker or a manifest that cannot be what was committed; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """The content of ``_SUCCESS``."""

    run_id: str
    committed_at: str
    manifest_sha256: str
    token: str
    """Of the start that committed."""
    manifest: str = MANIFEST
    """Name of the manifest's file."""


def with_token(name: str, token: str) -> str:
    """``verdicts/part-0.parquet`` → ``verdicts/part-0.3fa9c1d2.parquet``: a name of one start."""
    folder, base = os.path.split(name)
    stem, dot, suffix = base.partition(".")
    return os.path.join(folder, f"{stem}.{token}{dot}{suffix}")


def usual(name: str) -> str:
    """The name without the token of a start, if it has one."""
    folder, base = os.path.split(name)
    return os.path.join(folder, _TOKEN.sub("", base, count=1))


def read(path: str) -> Marker | None:
    """Of a run's directory; None where it is not committed.

    Raises:
        NotAsCommitted: it is no marker.
        OSError: it cannot be read.
    """
    if not files.exists(f"{path}/{MARKER}"):
        return None
    try:
        found = json.loads(files.read_bytes(f"{path}/{MARKER}"))
        return Marker(
            run_id=str(found.get("run_id")),
            committed_at=str(found.get("committed_at")),
            manifest_sha256=str(found["manifest_sha256"]),
            token=str(found.get("token")),
            manifest=str(found.get("manifest") or MANIFEST),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        raise NotAsCommitted(
            f"{MARKER} names no run and no digest of a manifest: {what}"
        ) from error


def as_dict(marker: Marker) -> dict[str, str]:
    """As ``_SUCCESS`` has it; the manifest's name only where it is not the usual one."""
    told = asdict(marker)
    if marker.manifest == MANIFEST:
        del told["manifest"]
    return told


def manifest_of(path: str) -> Manifest | None:
    """The manifest that a run was committed with; None where the run is not committed.

    A run that is replaced between two looks is looked at again: one of the two is found, whole.

    Raises:
        NotAsCommitted: marker and manifest do not fit each other.
        OSError: they cannot be read.
    """
    for _ in range(_TRIES):
        if (marker := read(path)) is None:
            return None
        try:
            return _checked(path, marker)
        except (OSError, NotAsCommitted):
            if read(path) == marker:
                raise
    raise NotAsCommitted(f"{MARKER} changes faster than it can be read")


def named(path: str) -> frozenset[str] | None:
    """Every file that a committed run has, by its manifest; None where that cannot be told."""
    try:
        manifest, marker = manifest_of(path), read(path)
    except (OSError, NotAsCommitted):
        return None
    if manifest is None or marker is None:
        return None
    return frozenset((MARKER, marker.manifest, *(entry.path for entry in manifest.outputs)))


def in_place(path: str) -> str | None:
    """The token in the file names of a run that replaced another file by file; None of others."""
    try:
        marker = read(path)
    except (OSError, NotAsCommitted):
        return None
    found = _TOKEN.search(marker.manifest) if marker else None
    return found[1] if found else None


def _checked(path: str, marker: Marker) -> Manifest:
    data = files.read_bytes(f"{path}/{marker.manifest}")
    if hashlib.sha256(data).hexdigest() != marker.manifest_sha256:
        raise NotAsCommitted(f"{marker.manifest} is not the one that was committed")
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        reason = str(error).splitlines()[0]
        raise NotAsCommitted(f"its manifest cannot be read: {reason}") from error
