"""Images that an export copied beside its rows: no manifest names them, their names do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from moderation.storage import files

_COPY = re.compile(r"images(?:\.[0-9a-f]{8})?/[0-9a-f]{2}/([0-9a-f]{64})\.\w+")
_FOLDER = "data/"


@dataclass(frozen=True, slots=True)
class Copies:
    """The copies that a run has, relative to its folder ``data``."""

    names: frozenset[str]

    @classmethod
    def among(cls, paths: Iterable[str]) -> Copies:
        """Those of some files of a run that are copies by their names."""
        inner = (path.removeprefix(_FOLDER) for path in paths if path.startswith(_FOLDER))
        return cls(frozenset(name for name in inner if _COPY.fullmatch(name)))

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and path.removeprefix(_FOLDER) in self.names

    def missing(self, row: BaseModel) -> str | None:
        """The copy that a row names and nobody finds, in words."""
        for name, value in (row.model_extra or {}).items():
            if isinstance(value, str) and _COPY.fullmatch(value) and value not in self.names:
                return f"{name}: {_FOLDER}{value} is not there"
        return None

    def changed(self, run: str) -> Iterator[str]:
        """Those whose bytes are not what the name says, relative to the run."""
        for name in sorted(self.names):
            named = _COPY.fullmatch(name)
            if named and files.digest(f"{run}/{_FOLDER}{name}")[0] != named[1]:
                yield f"{_FOLDER}{name}"
