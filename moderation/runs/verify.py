"""A committed run, of any job, checked again: its files, their rows, and its books.

Nothing is believed but ``_SUCCESS``, which names the digest of the manifest, which names the rest.
Rows come one at a time, so that memory does not grow with the run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from moderation.runs import leftovers, marker
from moderation.runs.books import REPORTS
from moderation.runs.copied_images import Copies
from moderation.runs.directory import CLAIM, MANIFEST, MARKER
from moderation.runs.marker import Marker
from moderation.runs.recount import recount, recount_shards
from moderation.runs.table_rows import SUFFIXES
from moderation.runs.verify_output import Counted, Fault, OutputCheck, Tables, differs
from moderation.storage import files
from schemas.datasets import DatasetInfo
from schemas.manifest import Manifest, OutputEntry

_INFO = "info.json"
_LEFT = "the next start of this id that replaces the run clears it away, or delete it"
_PART = re.compile(r"(/part)?-\d{5}-of-\d{5}$")
_Model = TypeVar("_Model", bound=BaseModel)

Tell = Callable[[Fault], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked through."""

    files: int = 0
    rows: int = 0
    replaced: bool = False
    """By another run meanwhile, so that what was found says nothing."""


def is_run(path: str) -> bool:
    """Whether a directory is, or is to become, a run's."""
    told = (MARKER, MANIFEST, CLAIM)
    return any(files.exists(f"{path}/{name}") for name in told) or bool(
        files.list_files(f"{path}/_staging")
    )


def verify(path: str, tell: Tell) -> Seen:
    """Look through a run, and tell each fault as it is found.

    Args:
        path: the run's directory, local or remote.
        tell: takes a fault; none, and the run is sound.

    Raises:
        OSError: where the folder cannot be listed, or its store does not answer.
    """
    return _Verification(path, tell).run()


@dataclass(slots=True)
class _Verification:
    path: str
    tell: Tell
    tables: Tables = field(default_factory=dict)

    def run(self) -> Seen:
        found = self._marker()
        manifest = self._manifest(found) if found else None
        if manifest is None:
            return Seen()
        named = {entry.path for entry in manifest.outputs}
        left = set(leftovers.replaced(self.path))
        beside = self._listed(named) - named - left
        copies = Copies.among(beside)
        for name in sorted(beside):
            if name not in copies:
                self._fault(name, "lies there, and the manifest does not name it")
        self._left(left)
        check = OutputCheck(self.path, manifest.run_id, copies)
        rows = sum(self._output(entry, check) for entry in manifest.outputs)
        for name in copies.changed(self.path):
            self._fault(name, "its bytes have not the digest that is its name")
        self._reports(manifest)
        return Seen(len(named) + len(copies.names), rows, replaced=self._marker_now() != found)

    def _marker(self) -> Marker | None:
        """What the run was committed with; None where that is a fault."""
        try:
            found = marker.read(self.path)
        except (OSError, marker.NotAsCommitted) as error:
            self._fault(MARKER, _line(error).removeprefix(f"{MARKER} "))
            return None
        if found is None:
            self._fault(MARKER, f"is not there: the run is not committed{self._refusal()}")
        return found

    def _marker_now(self) -> Marker | None:
        with contextlib.suppress(OSError, marker.NotAsCommitted):
            return marker.read(self.path)
        return None

    def _left(self, names: Iterable[str]) -> None:
        """What starts left that were killed as they replaced a run."""
        for name in sorted(names):
            self._fault(name, f"is of another start than the one that committed: {_LEFT}")
        for tree in leftovers.trees_beside(self.path):
            name = f"../{tree.rsplit('/', 1)[-1]}"
            self._fault(name, f"is of a start that was to replace the run, or did: {_LEFT}")
        for name in leftovers.stale(self.path):
            self._fault(name, f"is of the run that was replaced: {_LEFT}")

    def _refusal(self) -> str:
        try:
            found = json.loads(files.read_bytes(f"{self.path}/{MANIFEST}"))
            return f" ({found['refusal']})" if found["refusal"] else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _manifest(self, found: Marker) -> Manifest | None:
        """The manifest, be it another than was committed; None where it cannot be read."""
        name = found.manifest
        if (data := self._bytes(name)) is None:
            return None
        if (sha256 := hashlib.sha256(data).hexdigest()) != found.manifest_sha256:
            what = "is not the one that was committed: sha256"
            self._fault(name, differs(what, expected=found.manifest_sha256, found=sha256))
        manifest = self._model(name, Manifest, data)
        if manifest and manifest.run_id != found.run_id:
            what = differs("run_id", expected=repr(found.run_id), found=repr(manifest.run_id))
            self._fault(name, what)
        if manifest and manifest.status != "committed":
            what = differs("status", expected="committed", found=manifest.status)
            self._fault(name, what)
        return manifest

    def _listed(self, named: Iterable[str]) -> set[str]:
        """What lies in the folders of the outputs, relative to the run."""
        folders = {name.split("/")[0] for name in named if "/" in name} - {"", ".."}
        return {
            file[len(self.path) + 1 :]
            for folder in folders
            for file in files.list_files(f"{self.path}/{folder}")
        }

    def _output(self, entry: OutputEntry, check: OutputCheck) -> int:
        """Compare a file; gives its rows."""
        table = self._table(entry)
        before = table.rows
        for fault in check.faults(entry, table):
            self.tell(fault)
        return table.rows - before

    def _table(self, entry: OutputEntry) -> Counted:
        """Where a file's rows are counted."""
        suffix = next((each for each in SUFFIXES if entry.path.endswith(each)), "")
        name = _PART.sub("", marker.usual(entry.path).removesuffix(suffix))
        return self.tables.setdefault(name, {}).setdefault(suffix, Counted())

    def _reports(self, manifest: Manifest) -> None:
        """The books of the job, whichever it was."""
        named = {marker.usual(entry.path): entry.path for entry in manifest.outputs}
        if not named.keys() & REPORTS:
            self._fault(MANIFEST, f"names none of the reports {', '.join(REPORTS)}")
        for name in sorted(named.keys() & REPORTS):
            model, books = REPORTS[name]
            report = self._model(named[name], model, self._bytes(named[name], told=True))
            if report:
                self._faults(named[name], recount(books(report), manifest, self.tables))
        if _INFO in named and (
            info := self._model(named[_INFO], DatasetInfo, self._bytes(named[_INFO], told=True))
        ):
            self._faults(named[_INFO], recount_shards(info, manifest))

    def _bytes(self, name: str, *, told: bool = False) -> bytes | None:
        """A small file; None where it cannot be read, which is a fault if it was not told."""
        path = f"{self.path}/{name}"
        try:
            if files.exists(path):
                return files.read_bytes(path)
            what = "is not there"
        except OSError as error:
            what = f"cannot be read: {_line(error)}"
        if not told:
            self._fault(name, what)
        return None

    def _model(self, name: str, model: type[_Model], data: bytes | None) -> _Model | None:
        try:
            return None if data is None else model.model_validate_json(data)
        except ValidationError as error:
            first: Any = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            self._fault(name, f"does not fit {model.__name__}: {where}: {first['msg']}")
            return None

    def _faults(self, name: str, whats: Iterable[str]) -> None:
        for what in whats:
            self._fault(name, what)

    def _fault(self, name: str, what: str) -> None:
        self.tell(Fault(name, what))


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
