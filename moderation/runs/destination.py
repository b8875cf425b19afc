"""Where the files of a run that ends get their names.

Nobody looks at a fresh run before its marker is there, so its files take their names one by one.
A run that replaces a committed one must appear at once: on a disk as a whole tree that changes
places with the former one; where that cannot be had, under names of its own, to which one new
marker leads.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

from moderation.runs.directory import CLAIM, REFUSED, RunDirectory
from moderation.runs.marker import with_token
from moderation.storage import files
from moderation.storage.exchange import can_exchange
from schemas.manifest import OutputEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A folder, and how names in it are spelled."""

    directory: RunDirectory
    root: str
    token: str = ""
    """Stands in every name, so that none is the replaced run's; empty where that is not needed."""

    @property
    def tree(self) -> str | None:
        """Where the whole root waits to change places with the run; None where it does not."""
        staged = self.root == _tree_root(self.directory)
        return tree_beside(self.directory) if staged else None

    def name(self, name: str) -> str:
        """How a file of this name is called, relative to the root."""
        return with_token(name, self.token) if self.token else name

    def file(self, name: str) -> str:
        """The path of a file that is called so."""
        return f"{self.root}/{name}"

    def take_unnamed(self) -> None:
        """Move what no manifest names to its place."""
        waiting = self.directory.unnamed
        for path in () if files.is_remote(waiting) else files.list_files(waiting):
            files.move(path, self.root + path[len(waiting) :])

    def write(self, name: str, data: bytes) -> OutputEntry:
        """Write one small file, whole."""
        name = self.name(name)
        files.write_bytes(self.file(name), data)
        digest = hashlib.sha256(data).hexdigest()
        return OutputEntry(path=name, rows=None, bytes=len(data), sha256=digest)


def destination_of(directory: RunDirectory, *, refused: bool = False) -> Destination:
    """Where this start's files go; asked again after a crash, it says the same."""
    if not directory.committed or directory.committed_by == directory.token:
        return Destination(directory=directory, root=directory.path)
    if refused:
        return Destination(directory=directory, root=directory.file(REFUSED))
    if _changes_places(directory):
        return Destination(directory=directory, root=_tree_root(directory))
    return Destination(directory=directory, root=directory.path, token=directory.short_token)


def _changes_places(directory: RunDirectory) -> bool:
    """Whether the run's directory and one beside it can be exchanged in one step."""
    path = directory.path
    if files.is_remote(path) or os.path.islink(path):
        return False
    if os.path.isdir(_tree_root(directory)) or os.path.isdir(tree_beside(directory)):
        return True
    os.makedirs(directory.staging, exist_ok=True)
    tried = f"{_tree_root(directory)}.try"
    return _can_link(directory.file(CLAIM), tried) and can_exchange(tried, tree_beside(directory))


def _can_link(path: str, tried: str) -> bool:
    """The claim's lock must hold under either tree's name."""
    try:
        os.link(path, tried)
        os.remove(tried)
    except FileNotFoundError:
        pass
    except OSError:
        return False
    return True


def _tree_root(directory: RunDirectory) -> str:
    return directory.file(f"_staging/next.{directory.short_token}")


def tree_beside(directory: RunDirectory) -> str:
    """The folder from which a start's whole tree changes places with the run."""
    output, name = os.path.split(directory.path)
    return f"{output}/.{name}.{directory.short_token}.next"
