"""A committed run, read again: its marker, its manifest, and the files that it judged."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moderation.option_error import OptionError, option
from moderation.records.layout import Layout, parse_columns
from moderation.runs import marker
from moderation.storage import files
from moderation.storage.input_files import Format, InputFile
from moderation.storage.listing import input_file
from moderation.storage.patterns import expand
from moderation.storage.places import PlaceError, place, printable
from moderation.storage.stores import literally
from moderation.storage.trees import tree_of
from schemas.manifest import Manifest, OutputEntry
from schemas.precision import Precision, model_identity
from schemas.records import Kind

_THREADS = 8


class RunError(OptionError, ValueError):
    """A run that cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that runs judged, as they read it."""

    file: InputFile
    digest: str | None
    layout: Layout = field(hash=False)
    max_row_bytes: int
    text_reader: str = ""
    """Digest of what read texts from pictures."""


@dataclass(frozen=True, slots=True)
class CommittedRun:
    """What a run's manifest says of it."""

    path: str
    manifest: Manifest
    verdict_files: tuple[InputFile, ...]
    verdicts: int
    sources: tuple[Source, ...]

    @property
    def precision(self) -> Precision:
        """That its model computed in."""
        facts = self.manifest.precision
        return facts.used if facts else Precision.FLOAT32

    @property
    def model_identity(self) -> str:
        """What its scores may be carried over by, as ``Bundle.identity``."""
        return model_identity(self.manifest.model_fingerprint, self.precision)


def match_runs(pattern: str, *, name: str) -> list[str]:
    """Directories that a pattern names, sorted.

    Args:
        pattern: a path, or one with ``*`` and its like.
        name: of the option whose value it is.

    Raises:
        RunError: where it names none.
    """
    shown = printable(pattern)
    try:
        where = place(pattern)
        found = [entry.path for entry, _ in expand(tree_of(where), where) if entry.folder]
    except PlaceError as error:
        raise RunError(f"{option(name)} {shown!r}: {error}") from error
    except OSError as error:  # a store that is down, a folder that is closed
        raise RunError(
            f"{option(name)} {shown!r} cannot be listed: {printable(str(error))}"
        ) from error
    if not found:
        raise RunError(
            f"{option(name)} {shown!r} matches no directory: give run directories, as in "
            "runs/run_id=*"
        )
    return sorted(set(found))


def open_run(path: str, *, name: str) -> CommittedRun:
    """Read a run's marker and manifest.

    Raises:
        RunError: where it is not committed, is no run of ``pipelines.score``, or was changed.
    """
    manifest = read_manifest(path, name=name)
    verdicts = table_files(path, manifest, "verdicts")
    if not verdicts:
        raise RunError(f"{option(name)} {path!r} has no verdicts: is it a run of pipelines.score?")
    options = manifest.options
    layout = _layout(options)
    max_row_bytes = int(float(options.get("max_row_mb") or 16) * (1 << 20))
    return CommittedRun(
        path=path,
        manifest=manifest,
        verdict_files=tuple(verdicts),
        verdicts=sum(entry.rows or 0 for entry in _table(manifest, "verdicts")),
        sources=tuple(
            Source(
                input_file(entry.path, entry.bytes, item_id=entry.item_id),
                entry.digest,
                layout,
                max_row_bytes,
                (manifest.text_reader or {}).get("digest", ""),
            )
            for entry in manifest.inputs
        ),
    )


def newest_run(output: str, *, but: str, name: str) -> CommittedRun | None:
    """The run of ``pipelines.score`` in a folder that was committed last; None where none was.

    Args:
        output: a folder of runs.
        but: path of a run that is not meant.
        name: of the option that asks.

    Raises:
        RunError: the folder cannot be listed.
    """
    try:
        entries = expand(tree_of(output), f"{literally(output.rstrip('/'))}/run_id=*")
        paths = [entry.path for entry, _ in entries if entry.folder and entry.path != but]
        with ThreadPoolExecutor(_THREADS, "markers") as pool:  # a store answers one slowly
            marks = zip(pool.map(_marker, paths), paths, strict=True)
            found = [(mark.committed_at, path) for mark, path in marks if mark]
    except OSError as error:
        raise RunError(f"{output} cannot be listed: {printable(str(error))}") from error
    for _, path in sorted(found, reverse=True):
        with suppress(RunError):  # another job's
            return open_run(path, name=name)
    return None


def _marker(path: str) -> marker.Marker | None:
    with suppress(marker.NotAsCommitted):
        return marker.read(path)
    return None


def read_manifest(path: str, *, name: str) -> Manifest:
    """The manifest of a committed directory; raises ``RunError`` where it is not as committed."""
    try:
        manifest = marker.manifest_of(path)
    except marker.NotAsCommitted as error:
        raise RunError(f"{option(name)} {path!r}: {error}") from error
    except OSError as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise RunError(f"{option(name)} {path!r}: its manifest cannot be read: {reason}") from error
    if manifest is None:
        raise RunError(
            f"{option(name)} {path!r} is not committed: there is no _SUCCESS in it. {_remedy(path)}"
        )
    return manifest


def table_files(path: str, manifest: Manifest, table: str) -> list[InputFile]:
    """The files of one of a run's tables."""
    return [
        InputFile(
            path=f"{path}/{entry.path}",
            bytes=entry.bytes,
            format=Format.PARQUET if entry.path.endswith(".parquet") else Format.JSONL,
        )
        for entry in _table(manifest, table)
    ]


def _table(manifest: Manifest, table: str) -> list[OutputEntry]:
    return [entry for entry in manifest.outputs if entry.path.startswith(f"{table}/")]


def _remedy(path: str) -> str:
    if not files.is_remote(path) and any(Path(path).glob("run_id=*/_SUCCESS")):
        return f"Name the runs in it: {path}/run_id=*"
    return "Name committed ones alone, or let the run that makes it end"


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
