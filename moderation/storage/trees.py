"""Folders and what lies in them: one local tree, one of a store, alike to whoever walks them."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from moderation.storage.stores import match_literally


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a folder."""

    path: str
    folder: bool
    bytes: int = 0
    readable: bool = True
    """False of a pipe, a socket, a device, a link that leads nowhere."""

    @property
    def name(self) -> str:
        """Without the folders above it."""
        return self.path.rsplit("/", 1)[-1]


_NOTHING = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}


class Tree(Protocol):
    """What a walk asks. Errors of the file system or the store come out as ``OSError``."""

    def split(self, path: str) -> tuple[str, list[str]]:
        """A root that holds no pattern, and the names below it."""

    def entry(self, path: str) -> Entry | None:
        """What lies at a path of that very name."""

    def children(self, folder: str, *, prefix: str = "") -> list[Entry]:
        """What lies in a folder under names that begin so, in order."""

    def real(self, path: str) -> str:
        """Equal for two paths of one file or folder."""


def tree_of(path: str) -> Tree:
    """The tree that a path of ``places.place`` lies in."""
    return StoreTree() if "://" in path else LocalTree()


class LocalTree:
    """The local file system; links are followed."""

    def __init__(self) -> None:
        self._last: tuple[str | None, list[Entry]] = None, []
        """What was listed last: a walk asks for it again and again."""

    def split(self, path: str) -> tuple[str, list[str]]:
        """Below ``/``."""
        return "", path.strip("/").split("/") if path.strip("/") else []

    def entry(self, path: str) -> Entry | None:
        """None where nothing lies, or a link that leads nowhere."""
        try:
            found = os.stat(path or "/")
        except OSError as error:
            if error.errno in _NOTHING:
                return None
            raise
        return _local(path, found)

    def children(self, folder: str, *, prefix: str = "") -> list[Entry]:
        """Own files and folders before links, so that a link to one of them comes second."""
        if self._last[0] != folder:
            self._last = folder, self._list(folder)
        return [entry for entry in self._last[1] if entry.name.startswith(prefix)]

    def _list(self, folder: str) -> list[Entry]:
        with os.scandir(folder or "/") as found:
            listed = sorted((entry.is_symlink(), entry.name) for entry in found)
        paths = [f"{folder}/{name}" for _, name in listed]
        return [self.entry(path) or Entry(path, False, readable=False) for path in paths]

    def real(self, path: str) -> str:
        """Without links."""
        return os.path.realpath(path)


def _local(path: str, found: os.stat_result) -> Entry:
    return Entry(
        path,
        folder=stat.S_ISDIR(found.st_mode),
        bytes=found.st_size,
        readable=stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode),
    )


class StoreTree:
    """Objects of a store, whose names make folders. What was listed once is remembered."""

    def __init__(self) -> None:
        self._nodes: dict[str, dict[str, Entry]] = {}
        self._listed: list[str] = []

    def split(self, path: str) -> tuple[str, list[str]]:
        """Below the bucket."""
        bucket, _, names = path[len("gs://") :].partition("/")
        return f"gs://{bucket}", [name for name in names.rstrip("/").split("/") if names]

    def entry(self, path: str) -> Entry | None:
        """An object; or a folder, where there are objects below it."""
        if "/" not in path[len("gs://") :]:
            return Entry(path, True) if self.children(path) else None
        for prefix in self._listed:
            if path.startswith(prefix):
                return self._nodes.get(path.rsplit("/", 1)[0], {}).get(path)
        for found, size in match_literally(path, below=False):
            return Entry(found, False, size)
        return Entry(path, True) if self.children(path) else None

    def children(self, folder: str, *, prefix: str = "") -> list[Entry]:
        """See the class."""
        start = f"{folder}/{prefix}"
        if not any(start.startswith(listed) for listed in self._listed):
            self._add(match_literally(start, below=True))
            self._listed.append(start)
        found = self._nodes.get(folder, {})
        return [found[path] for path in sorted(found) if path.startswith(start)]

    def real(self, path: str) -> str:
        """A store has no links."""
        return path

    def _add(self, objects: Iterable[tuple[str, int]]) -> None:
        for path, size in objects:
            root, names = self.split(path)
            for depth, name in enumerate(names, start=1):
                folder, root = root, f"{root}/{name}"
                if not name:
                    continue
                last = depth == len(names)
                if last and path.endswith("/"):  # what a console makes so that a folder shows
                    continue
                here = self._nodes.setdefault(folder, {})
                here.setdefault(root, Entry(root, not last, size if last else 0))
