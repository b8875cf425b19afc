"""What makes a run final: staged files get their names, the manifest is written, the marker last.

Every step may run again after a crash in its middle: moves that were done are passed over, and
files are written whole or not at all. How the marker comes to its place stands in
:mod:`moderation.runs.publish`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping

from pydantic import BaseModel

from moderation.runs.claim import release_unless_held
from moderation.runs.destination import Destination
from moderation.runs.directory import MANIFEST
from moderation.runs.marker import Marker, as_dict
from moderation.runs.publish import RunRefused, expect_ours, publish
from moderation.runs.report import ClosingRun, Place
from moderation.storage import files
from moderation.storage.digests import Version
from moderation.storage.shards import Shard, StagedFile
from schemas.manifest import InputEntry, Manifest, OutputEntry

_NUMBERS = re.compile(r"\[\n\s+(-?\d[-+\d.eE]*(?:,\n\s+-?\d[-+\d.eE]*)*)\n\s+\]")
"""A list of numbers over several lines; no text of a JSON file has a line break in it."""


def place_tables(
    run: ClosingRun, places: Iterable[Place], destination: Destination
) -> dict[str, list[OutputEntry]]:
    """Move staged files to their final names; by the stem of their place."""
    directory = run.header.directory
    placed: dict[str, list[OutputEntry]] = {}
    for place in places:
        shards = place.shards_among(run.shards)
        if not shards and place.empty:
            shards = [StagedFile(place.empty, f"{directory.staging}/out").close()]
        placed.setdefault(place.stem, []).extend(
            _move(destination, shard, place.name(number, len(shards)))
            for number, shard in enumerate(shards)
        )
    return placed


def _move(destination: Destination, shard: Shard, name: str) -> OutputEntry:
    name = destination.name(name)
    files.move(shard.path, destination.file(name))
    return OutputEntry(path=name, rows=shard.rows, bytes=shard.bytes, sha256=shard.sha256)


def as_json(value: object) -> bytes:
    """A model, or plain values, as a JSON file has them; a list of numbers is one line."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    told = json.dumps(plain, indent=2, ensure_ascii=False)
    told = _NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())}]", told)
    return told.encode() + b"\n"


def content_digest(entries: Iterable[OutputEntry]) -> str:
    """Tells files from others by their names and contents, whatever their order."""
    lines = sorted(f"{entry.path} {entry.sha256}" for entry in entries)
    return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()


def manifest_of(
    run: ClosingRun,
    outputs: list[OutputEntry],
    *,
    rows: Mapping[str, int],
    digests: Iterable[Version],
) -> Manifest:
    """What the run was.

    Args:
        run: with its refusal, where there is one.
        outputs: files that were written.
        rows: read, by input.
        digests: the inputs before the first row.
    """
    header = run.header
    return Manifest(
        **run.stamp(),
        refusal_code=run.refusal.code if run.refusal else None,
        inputs=list(_inputs(run, rows, {version.path: version for version in digests})),
        left_out=list(header.left_out),
        parents=list(run.parents),
        reused=run.reused,
        outputs=outputs,
        options=header.options,
        versions=header.versions,
        model_name=header.model_name,
        model_fingerprint=header.model_fingerprint,
        policy_version=header.policy_version,
        policy_digest=header.policy_digest,
        text_reader=header.text_reader,
        hash_banks=list(header.hash_banks),
        precision=header.precision,
    )


def _inputs(
    run: ClosingRun, rows: Mapping[str, int], versions: Mapping[str, Version]
) -> Iterable[InputEntry]:
    for file in run.header.inputs:
        version = versions[file.path]
        size = file.bytes if version.bytes is None else version.bytes
        read = rows.get(file.path, 0)
        yield InputEntry(
            path=file.path,
            bytes=size,
            rows=read,
            digest=version.digest,
            item_id=file.item_id or None,
        )


def mark(destination: Destination, manifest: Manifest) -> None:
    """Write the manifest, mark the run as final, and drop what it no longer needs.

    A run that is refused keeps its journal: started again, it is judged from there.

    Args:
        destination: where the outputs are.
        manifest: with a refusal, there will be no marker.

    Raises:
        RunRefused: where the manifest holds a refusal, or another start of the run took the
            directory; there is no marker of this one then.
    """
    directory = destination.directory
    expect_ours(directory)
    told = manifest.model_dump(mode="json", exclude=None if manifest.refusal else {"refusal_code"})
    entry = destination.write(MANIFEST, as_json(told))
    if manifest.refusal:
        directory.clear_staging()
        release_unless_held(directory)
        raise RunRefused(manifest.refusal)
    marker = Marker(
        run_id=directory.run_id,
        committed_at=manifest.finished_at,
        manifest_sha256=entry.sha256,
        token=directory.token,
        manifest=entry.path,
    )
    publish(destination, as_json(as_dict(marker)))
    release_unless_held(directory)
