"""What closes a run, whichever job it was: staged tables placed, files written, the marker last.

Every step may run again after a crash in its middle: moves that were done are passed over, and
files are written whole or not at all.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from moderation.records.read import RowCount
from moderation.runs.claim import release_unless_held, seal
from moderation.runs.directory import RunDirectory
from moderation.storage import files
from moderation.storage.digests import Version, changes, expect_none
from moderation.storage.input_files import InputFile
from moderation.storage.shards import Layout, Shard, StagedFile
from schemas.manifest import InputEntry, Manifest, OutputEntry


class RunRefused(RuntimeError):
    """The run is over, its books are written, and it was not committed."""


def place_tables(
    directory: RunDirectory, layouts: Iterable[Layout], shards: Sequence[Shard]
) -> list[OutputEntry]:
    """Move staged shards to their final names; a table without rows gets one empty file."""
    entries = []
    for layout in layouts:
        mine = shards_of(layout, shards)
        if not mine:
            mine = [StagedFile(layout, f"{directory.staging}/out").close()]
        entries += place_all(directory, mine, stem=f"{layout.table}/part")
    return entries


def shards_of(layout: Layout, shards: Iterable[Shard]) -> list[Shard]:
    """A table's shards in the order of their staged names."""
    mine = [s for s in shards if (s.table, s.extension) == (layout.table, layout.extension)]
    return sorted(mine, key=lambda shard: shard.path)


def place_all(directory: RunDirectory, shards: Sequence[Shard], *, stem: str) -> list[OutputEntry]:
    """Move staged shards to ``STEM-00000-of-00001.EXTENSION`` and on, in their order."""
    return [
        place(directory, shard, f"{stem}-{number:05d}-of-{len(shards):05d}.{shard.extension}")
        for number, shard in enumerate(shards)
    ]


def place(directory: RunDirectory, shard: Shard, name: str) -> OutputEntry:
    """Move one staged shard to its final name."""
    files.move(shard.path, directory.file(name))
    return OutputEntry(path=name, rows=shard.rows, bytes=shard.bytes, sha256=shard.sha256)


def write(directory: RunDirectory, name: str, data: bytes) -> OutputEntry:
    """Write one small file, whole."""
    files.write_bytes(directory.file(name), data)
    digest = hashlib.sha256(data).hexdigest()
    return OutputEntry(path=name, rows=None, bytes=len(data), sha256=digest)


def write_json(directory: RunDirectory, name: str, value: Any) -> OutputEntry:
    """Write a JSON file."""
    return write(directory, name, json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n")


def expect_ours(directory: RunDirectory) -> None:
    """Raise ``RunRefused`` where another start of the run took the directory."""
    if not seal(directory):
        raise RunRefused(
            f"{directory.path} was taken by a later start with the same --run_id, which owns what "
            "lies there now"
        )


def expect_unchanged(versions: Iterable[Version]) -> None:
    """Raise ``InputChanged`` where an input is not what it was before the first row was read."""
    expect_none(changes(versions))


def count_rows(counts: Iterable[RowCount]) -> Counter[str]:
    """Rows read, by source."""
    rows = Counter[str]()
    for count in counts:
        rows[count.source] += count.rows
    return rows


def input_entries(
    files: Iterable[InputFile],
    *,
    rows: Mapping[str, int],
    digests: Iterable[Version],
) -> list[InputEntry]:
    """What a manifest says of the files that were read."""
    by_path = {version.path: version for version in digests}
    return [
        InputEntry(
            path=file.path,
            bytes=file.bytes if version.bytes is None else version.bytes,
            rows=rows.get(file.path, 0),
            digest=version.digest,
        )
        for file in files
        for version in [by_path[file.path]]
    ]


def content_digest(entries: Iterable[OutputEntry]) -> str:
    """Tells files from others by their names and contents, whatever their order."""
    lines = sorted(f"{entry.path} {entry.sha256}" for entry in entries)
    return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()


def utc_now() -> datetime.datetime:
    """The clock of a commit, where no other is given."""
    return datetime.datetime.now(datetime.timezone.utc)


def close(directory: RunDirectory, manifest: Manifest) -> None:
    """Write the manifest, drop the staging area, and mark the run as final.

    Raises:
        RunRefused: where the manifest holds a refusal, or another start of the run took the
            directory; there is no marker then.
    """
    expect_ours(directory)
    entry = write_json(directory, "manifest.json", manifest.model_dump(mode="json"))
    files.delete_tree(directory.staging)
    if manifest.refusal:
        release_unless_held(directory)
        raise RunRefused(manifest.refusal)
    marker = {
        "run_id": directory.run_id,
        "committed_at": manifest.finished_at,
        "manifest_sha256": entry.sha256,
        "token": directory.token,
    }
    write_json(directory, "_SUCCESS", marker)
    release_unless_held(directory)
