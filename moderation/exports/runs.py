"""The committed runs that an export is made of, and the files that they judged."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from moderation.records.layout import Layout, parse_columns
from moderation.storage import files
from moderation.storage.input_files import Format, InputFile
from moderation.storage.listing import input_file
from moderation.storage.patterns import expand
from moderation.storage.places import PlaceError, place, printable
from moderation.storage.trees import tree_of
from schemas.manifest import Manifest, OutputEntry
from schemas.records import Kind

_SUFFIX = {".parquet": Format.PARQUET, ".jsonl": Format.JSONL}


class RunError(ValueError):
    """A ``--run`` that cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that runs judged, as they read it."""

    file: InputFile
    digest: str | None
    layout: Layout = field(hash=False)
    max_row_bytes: int


@dataclass(frozen=True, slots=True)
class CommittedRun:
    """What a run's manifest says of it."""

    path: str
    manifest: Manifest
    verdict_files: tuple[InputFile, ...]
    verdicts: int
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs of an export, and each distinct source once."""

    runs: tuple[CommittedRun, ...]
    sources: tuple[Source, ...]
    source_ids: tuple[dict[str, int], ...]
    """For each run: the path of a source, and its place in ``sources``."""

    @property
    def verdicts(self) -> int:
        """Rows of all verdict tables."""
        return sum(run.verdicts for run in self.runs)


def open_runs(patterns: Iterable[str]) -> Runs:
    """Match, check and open runs; each is taken once, in the order of their ids.

    Raises:
        RunError: where a pattern matches nothing, a run is not committed or was changed since.
    """
    paths = dict.fromkeys(path for pattern in patterns for path in match_runs(pattern))
    opened = sorted((open_run(path) for path in paths), key=lambda run: run.manifest.run_id)
    ids = [run.manifest.run_id for run in opened]
    repeated = sorted({run_id for run_id in ids if ids.count(run_id) > 1})
    if repeated:
        raise RunError(f"--run: several directories hold run {repeated[0]!r}: name one of them")
    places: dict[str, int] = {}
    sources: list[Source] = []
    for run in opened:
        for source in run.sources:
            if places.setdefault(_identity(source), len(sources)) == len(sources):
                sources.append(source)
    by_run = tuple({s.file.path: places[_identity(s)] for s in run.sources} for run in opened)
    return Runs(tuple(opened), tuple(sources), by_run)


def match_runs(pattern: str) -> list[str]:
    """Directories that a pattern names, sorted."""
    shown = printable(pattern)
    try:
        where = place(pattern)
        found = [entry.path for entry, _ in expand(tree_of(where), where) if entry.folder]
    except PlaceError as error:
        raise RunError(f"--run {shown!r}: {error}") from error
    except OSError as error:  # a store that is down, a folder that is closed
        raise RunError(f"--run {shown!r} cannot be listed: {printable(str(error))}") from error
    if not found:
        raise RunError(
            f"--run {shown!r} matches no directory: give run directories, as in runs/run_id=*"
        )
    return sorted(set(found))


def open_run(path: str) -> CommittedRun:
    """Read a run's marker and manifest.

    Raises:
        RunError: where it is not committed, is no run of ``pipelines.score``, or was changed.
    """
    manifest = read_manifest(path, flag="--run")
    tables = [entry for entry in manifest.outputs if entry.path.startswith("verdicts/")]
    if not tables:
        raise RunError(f"--run {path!r} has no verdicts: is it a run of pipelines.score?")
    options = manifest.options
    layout = _layout(options)
    return CommittedRun(
        path=path,
        manifest=manifest,
        verdict_files=tuple(_table_file(path, entry) for entry in tables),
        verdicts=sum(entry.rows or 0 for entry in tables),
        sources=tuple(
            Source(
                file=_source_file(entry.path, entry.bytes),
                digest=entry.digest,
                layout=layout,
                max_row_bytes=int(float(options.get("max_row_mb") or 16) * (1 << 20)),
            )
            for entry in manifest.inputs
        ),
    )


def _remedy(path: str) -> str:
    if not files.is_remote(path) and any(Path(path).glob("run_id=*/_SUCCESS")):
        return f"Name the runs in it: {path}/run_id=*"
    return "Name committed ones alone, or let the run that makes it end"


def read_manifest(path: str, *, flag: str) -> Manifest:
    """The manifest of a committed directory; raises ``RunError`` where it is not as committed."""
    if not files.exists(f"{path}/_SUCCESS"):
        raise RunError(
            f"{flag} {path!r} is not committed: there is no _SUCCESS in it. {_remedy(path)}"
        )
    try:
        marker: dict[str, Any] = json.loads(files.read_bytes(f"{path}/_SUCCESS"))
        data = files.read_bytes(f"{path}/manifest.json")
        if hashlib.sha256(data).hexdigest() != marker.get("manifest_sha256"):
            raise RunError(f"{flag} {path!r}: manifest.json is not the one that was committed")
        return Manifest.model_validate_json(data)
    except (OSError, ValidationError, json.JSONDecodeError) as error:
        reason = str(error).splitlines()[0]
        raise RunError(f"{flag} {path!r}: its manifest cannot be read: {reason}") from error


def _table_file(path: str, entry: OutputEntry) -> InputFile:
    fmt = next((fmt for suffix, fmt in _SUFFIX.items() if entry.path.endswith(suffix)), None)
    if fmt is None:
        raise RunError(f"--run {path!r}: {entry.path} is neither Parquet nor JSONL")
    return InputFile(path=f"{path}/{entry.path}", bytes=entry.bytes, format=fmt)


def _source_file(path: str, size: int) -> InputFile:
    return input_file(path, size)


def _layout(options: dict[str, Any]) -> Layout:
    kind = options.get("record_kind")
    root = options.get("image_root")
    return Layout(
        record_kind=Kind(kind) if kind else None,
        columns=parse_columns(options.get("columns") or ""),
        image_root=root if root is None or files.is_remote(root) else os.path.abspath(root),
        image_template=options.get("image_template"),
        allow_outside_root=bool(options.get("allow_outside_root")),
    )


def _identity(source: Source) -> str:
    return json.dumps([source.file.path, source.digest, repr(source.layout), source.max_row_bytes])
