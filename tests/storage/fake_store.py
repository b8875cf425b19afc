"""An object store, here a folder that Beam finds by its scheme."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from apache_beam.io.filesystem import FileMetadata
from apache_beam.io.localfilesystem import LocalFileSystem


class FakeStore(LocalFileSystem):  # type: ignore[misc]
    """``fakestore://bucket/name``: a local folder that counts what is read of it."""

    root = Path()
    opened: list[str] = []  # noqa: RUF012 - one store for the process, as a real one is

    @classmethod
    def scheme(cls) -> str:
        return "fakestore"

    def has_dirs(self) -> bool:
        return False

    def split(self, path: str) -> tuple[str, str]:
        head, _, tail = path.rpartition("/")
        return head, tail

    def _list(self, dir_or_prefix: str) -> Iterator[FileMetadata]:
        for path in sorted(self.root.rglob("*")):
            name = f"fakestore://bucket/{path.relative_to(self.root).as_posix()}"
            if path.is_file() and name.startswith(dir_or_prefix):
                yield FileMetadata(name, path.stat().st_size)

    def open(self, path: str, *arguments: Any, **options: Any) -> BinaryIO:
        self.opened.append(path)
        return (self.root / path.removeprefix("fakestore://bucket/")).open("rb")
