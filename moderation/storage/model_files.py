"""The files of a bundle, wherever it lies: a local directory, or one on an object store."""

from __future__ import annotations

import atexit
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from moderation.storage.stores import match_literally

_CHUNK_BYTES = 1 << 20
_URL = re.compile(r"(\w+://)(?:[^\s/@]*@)?([^\s?#]*)(?:[?#]\S*)?")


def is_remote(path: str) -> bool:
    """Whether a path names an object store (``gs://…``) and not a local file."""
    return "://" in path


@contextmanager
def open_file(path: str) -> Iterator[IO[bytes]]:
    """Opens a local or remote file for reading."""
    if not is_remote(path):
        with open(path, "rb") as local:
            yield local
        return
    from apache_beam.io.filesystem import CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    remote = FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED)
    try:
        yield remote
    finally:
        remote.close()


def read_file(path: str) -> bytes:
    """The whole content of a local or remote file."""
    with open_file(path) as file:
        return file.read()


def list_files(directory: str) -> dict[str, str]:
    """Every file below a directory: relative name to full path; dot files are left out.

    Returns an empty dict where there is nothing.
    """
    if is_remote(directory):
        pairs = _list_remote(directory.rstrip("/"))
    else:
        pairs = _list_local(directory)
    return {
        name: path
        for name, path in sorted(pairs)
        if not any(part.startswith(".") for part in name.split("/"))
    }


def _list_local(directory: str) -> Iterator[tuple[str, str]]:
    for parent, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(parent, name)
            yield Path(path).relative_to(directory).as_posix(), path


def _list_remote(directory: str) -> Iterator[tuple[str, str]]:
    for path, _ in match_literally(f"{directory}/", below=True):
        name = path[len(directory) + 1 :]
        if name and not name.endswith("/"):
            yield name, path


def digest_file(path: str) -> str:
    """sha256 of a file, in hex."""
    digest = hashlib.sha256()
    with open_file(path) as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def local_copy(directory: str) -> str:
    """A local directory with the same files; removed when the process ends.

    A local directory is returned as it is.
    """
    if not is_remote(directory):
        return directory
    target = tempfile.mkdtemp(prefix="bundle-")
    atexit.register(shutil.rmtree, target, ignore_errors=True)
    for name, path in list_files(directory).items():
        copy = Path(target, name)
        if not copy.resolve().is_relative_to(Path(target).resolve()):
            raise ValueError(f"{name!r} leads out of the bundle")
        copy.parent.mkdir(parents=True, exist_ok=True)
        with open_file(path) as source, copy.open("wb") as sink:
            shutil.copyfileobj(source, sink, _CHUNK_BYTES)
    return target


def without_secrets(text: str) -> str:
    """A path or message with every URL in it bare of user info and query string."""
    return _URL.sub(r"\1\2", text)
