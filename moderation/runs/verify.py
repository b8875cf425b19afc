"""A committed run, of any job, checked again: its files, their rows, and its books.

Nothing is believed but ``_SUCCESS``, which names the digest of the manifest, which names the rest.
Rows come one at a time, so that memory does not grow with the run.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from moderation.runs.books import REPORTS
from moderation.runs.copied_images import Copies
from moderation.runs.directory import CLAIM
from moderation.runs.recount import recount, recount_shards
from moderation.runs.table_rows import SUFFIXES
from moderation.runs.verify_output import Counted, Fault, OutputCheck, Tables, differs
from moderation.storage import files
from schemas.datasets import DatasetInfo
from schemas.manifest import Manifest, OutputEntry

_MARKER, _MANIFEST, _INFO = "_SUCCESS", "manifest.json", "info.json"
_PART = re.compile(r"(/part)?-\d{5}-of-\d{5}$")
_Model = TypeVar("_Model", bound=BaseModel)

Tell = Callable[[Fault], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked through."""

    files: int = 0
    rows: int = 0


def is_run(path: str) -> bool:
    """Whether a directory is, or is to become, a run's."""
    told = (_MARKER, _MANIFEST, CLAIM)
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
        marker = self._marker()
        manifest = self._manifest(*marker) if marker else None
        if manifest is None:
            return Seen()
        named = {entry.path for entry in manifest.outputs}
        beside = self._listed(named) - named
        copies = Copies.among(beside)
        for name in sorted(beside):
            if name not in copies:
                self._fault(name, "lies there, and the manifest does not name it")
        check = OutputCheck(self.path, manifest.run_id, copies)
        rows = sum(self._output(entry, check) for entry in manifest.outputs)
        for name in copies.changed(self.path):
            self._fault(name, "its bytes have not the digest that is its name")
        self._reports(manifest)
        return Seen(len(named) + len(copies.names), rows)

    def _marker(self) -> tuple[str, str] | None:
        """The run's id and the digest of its manifest; None where it is not committed."""
        if not files.exists(f"{self.path}/{_MARKER}"):
            self._fault(_MARKER, f"is not there: the run is not committed{self._refusal()}")
            return None
        try:
            marker = json.loads(files.read_bytes(f"{self.path}/{_MARKER}"))
            return str(marker["run_id"]), str(marker["manifest_sha256"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._fault(_MARKER, f"names no run and no digest of a manifest: {_line(error)}")
            return None

    def _refusal(self) -> str:
        try:
            found = json.loads(files.read_bytes(f"{self.path}/{_MANIFEST}"))
            return f" ({found['refusal']})" if found["refusal"] else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _manifest(self, run_id: str, sha256: str) -> Manifest | None:
        """The manifest, be it another than was committed; None where it cannot be read."""
        if (data := self._bytes(_MANIFEST)) is None:
            return None
        if (found := hashlib.sha256(data).hexdigest()) != sha256:
            what = "is not the one that was committed: sha256"
            self._fault(_MANIFEST, differs(what, expected=sha256, found=found))
        manifest = self._model(_MANIFEST, Manifest, data)
        if manifest and manifest.run_id != run_id:
            what = differs("run_id", expected=repr(run_id), found=repr(manifest.run_id))
            self._fault(_MANIFEST, what)
        if manifest and manifest.status != "committed":
            what = differs("status", expected="committed", found=manifest.status)
            self._fault(_MANIFEST, what)
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
        name = _PART.sub("", entry.path.removesuffix(suffix))
        return self.tables.setdefault(name, {}).setdefault(suffix, Counted())

    def _reports(self, manifest: Manifest) -> None:
        """The books of the job, whichever it was."""
        named = {entry.path for entry in manifest.outputs}
        if not named.intersection(REPORTS):
            self._fault(_MANIFEST, f"names none of the reports {', '.join(REPORTS)}")
        for name in sorted(named.intersection(REPORTS)):
            model, books = REPORTS[name]
            report = self._model(name, model, self._bytes(name, told=True))
            if report:
                self._faults(name, recount(books(report), manifest, self.tables))
        if _INFO in named and (
            info := self._model(_INFO, DatasetInfo, self._bytes(_INFO, told=True))
        ):
            self._faults(_INFO, recount_shards(info, manifest))

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
