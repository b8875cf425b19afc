"""What closes a run, whichever job it was: staged tables placed, files written, the marker last.

Every step may run again after a crash in its middle: moves that were done are passed over, and
files are written whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from moderation.runs import storage
from moderation.runs.directory import RunDirectory
from moderation.runs.shards import Layout, Shard, StagedFile
from schemas.manifest import Manifest, OutputEntry


class RunRefused(RuntimeError):
    """The run is over, its books are written, and it was not committed."""


def place_tables(
    directory: RunDirectory, layouts: Iterable[Layout], shards: Sequence[Shard]
) -> list[OutputEntry]:
    """Move staged shards to their final names; a table without rows gets one empty file."""
    entries = []
    for layout in layouts:
        mine = sorted((s for s in shards if s.table == layout.table), key=lambda s: s.path)
        if not mine:
            mine = [StagedFile(layout, f"{directory.staging}/out").close()]
        for index, shard in enumerate(mine):
            name = f"{shard.table}/part-{index:05d}-of-{len(mine):05d}.{shard.extension}"
            entries.append(place(directory, shard, name))
    return entries


def place(directory: RunDirectory, shard: Shard, name: str) -> OutputEntry:
    """Move one staged shard to its final name."""
    storage.move(shard.path, directory.file(name))
    return OutputEntry(path=name, rows=shard.rows, bytes=shard.bytes, sha256=shard.sha256)


def write(directory: RunDirectory, name: str, data: bytes) -> OutputEntry:
    """Write one small file, whole."""
    storage.write_bytes(directory.file(name), data)
    digest = hashlib.sha256(data).hexdigest()
    return OutputEntry(path=name, rows=None, bytes=len(data), sha256=digest)


def write_json(directory: RunDirectory, name: str, value: Any) -> OutputEntry:
    """Write a JSON file."""
    return write(directory, name, json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n")


def close(directory: RunDirectory, manifest: Manifest) -> None:
    """Write the manifest, drop the staging area, and mark the run as final.

    Raises:
        RunRefused: where the manifest holds a refusal; there is no marker then.
    """
    entry = write_json(directory, "manifest.json", manifest.model_dump(mode="json"))
    storage.delete_tree(directory.staging)
    if manifest.refusal:
        raise RunRefused(manifest.refusal)
    marker = {
        "run_id": directory.run_id,
        "committed_at": manifest.finished_at,
        "manifest_sha256": entry.sha256,
    }
    write_json(directory, "_SUCCESS", marker)
