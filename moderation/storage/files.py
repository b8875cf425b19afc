"""The few file operations a run needs, the same for local folders and object stores."""

from __future__ import annotations

import contextlib
import hashlib
import os
import uuid
from collections.abc import Iterable
from typing import IO, Any, BinaryIO, cast

from moderation.storage import google_store
from moderation.storage.stores import literally, match_literally

_BLOCK_BYTES = 1 << 20


def is_remote(path: str) -> bool:
    """Whether a path is a URL of some store rather than a local path."""
    return "://" in path


def is_google(path: str) -> bool:
    """Whether a path is an object of Google Cloud Storage."""
    return path.startswith(google_store.SCHEME)


def exists(path: str) -> bool:
    """Whether a file is there."""
    if not is_remote(path):
        return os.path.exists(path)
    if is_google(path):
        return google_store.exists(path)
    return bool(_filesystems().exists(path))


def open_read(path: str) -> BinaryIO:
    """Open a file for reading, as its bytes are stored."""
    if not is_remote(path):
        return open(path, "rb")
    return cast(BinaryIO, _filesystems().open(path, compression_type="uncompressed"))


def read_bytes(path: str) -> bytes:
    """A whole small file."""
    if is_google(path):
        return google_store.read(path)
    with open_read(path) as file:
        return bytes(file.read())


def digest(path: str) -> tuple[str, int]:
    """SHA-256 of a file, in hex, and how many bytes it holds."""
    sha256, size = hashlib.sha256(), 0
    with open_read(path) as file:
        while block := file.read(_BLOCK_BYTES):
            sha256.update(block)
            size += len(block)
    return sha256.hexdigest(), size


def write_bytes(path: str, data: bytes) -> None:
    """Write a file so that readers see all of it or nothing, and that it outlives the machine."""
    _write(path, data, draft=f"{path}.draft", durable=True)


def write_once(path: str, data: bytes) -> None:
    """Write a file whose name tells its content; where it is there already nothing is done."""
    if not exists(path):
        _write(path, data, draft=f"{path}.{uuid.uuid4().hex}", durable=False)


def _write(path: str, data: bytes, *, draft: str, durable: bool) -> None:
    if is_google(path):
        google_store.write(path, data)
        return
    with create(path if is_remote(path) else draft) as file:
        file.write(data)
        if durable and not is_remote(path):
            file.flush()
            os.fsync(file.fileno())
    if not is_remote(path):
        os.replace(draft, path)


def create(path: str) -> IO[bytes]:
    """Open a new file for writing; its folders are made."""
    if is_remote(path):
        stream: IO[bytes] = _filesystems().create(path, compression_type="uncompressed")
        return stream
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return open(path, "wb")


def move(source: str, target: str) -> None:
    """Rename a file. Doing it again after it was done is no error."""
    if not is_remote(source):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.exists(source):
            os.replace(source, target)
        elif not os.path.exists(target):
            raise FileNotFoundError(source)
    elif is_google(source):
        if google_store.copy(source, target):
            google_store.delete([source])
        elif not exists(target):
            raise FileNotFoundError(source)
    elif exists(source):
        _filesystems().rename([source], [target])
    elif not exists(target):
        raise FileNotFoundError(source)


def list_files(folder: str) -> list[str]:
    """Paths of all files below a folder, sorted; empty where there is none."""
    if not is_remote(folder):
        return sorted(
            os.path.join(base, name) for base, _, names in os.walk(folder) for name in names
        )
    if is_google(folder):
        return google_store.names(folder)
    return sorted(path for path, _ in match_literally(f"{folder.rstrip('/')}/", below=True))


def delete_tree(folder: str) -> None:
    """Delete a folder, or a single file, if it is there."""
    if not is_remote(folder):
        import shutil

        if os.path.isdir(folder) and not os.path.islink(folder):
            shutil.rmtree(folder)
        elif os.path.lexists(folder):
            os.remove(folder)
        return
    delete_files(list_files(folder) or ([folder] if exists(folder) else []))


def clear_folder(folder: str, *, keep: str) -> None:
    """Delete all in a folder but what lies in it under the name ``keep``."""
    if is_remote(folder):
        kept = f"{folder}/{keep}/"
        delete_files(path for path in list_files(folder) if not path.startswith(kept))
    elif os.path.isdir(folder):
        for name in os.listdir(folder):
            if name != keep:
                delete_tree(os.path.join(folder, name))
        with contextlib.suppress(OSError):  # what is kept lies in it
            os.rmdir(folder)


def delete_files(paths: Iterable[str]) -> None:
    """Delete files; one that is gone already is no error."""
    remote = []
    for path in paths:
        if is_remote(path):
            remote.append(path)
        else:
            with contextlib.suppress(FileNotFoundError):
                os.remove(path)
    if remote and is_google(remote[0]):
        google_store.delete(remote)
    elif remote:
        _filesystems().delete([literally(path) for path in remote])


def version(path: str) -> int:
    """What ``replace`` may name as the file that it replaces; 0 where none is there."""
    return google_store.generation(path) if is_google(path) else 0


def replace(draft: str, place: str, *, over: int) -> bool:
    """Move a file to where readers look, in one step; who looks finds the former one or this.

    Args:
        draft: the file, whole.
        place: its name from now on.
        over: the ``version`` that it may replace. Heeded in Google Cloud Storage alone.

    Returns:
        Whether it was done; not where another is there than ``over``, or the draft is gone.

    Raises:
        FileNotFoundError: the draft is gone, on a disk.
    """
    if is_google(place):
        return google_store.copy(draft, place, over=over)
    if is_remote(place):
        write_bytes(place, read_bytes(draft))
    else:
        os.replace(draft, place)
    return True


class DigestingFile:
    """A binary file that counts and digests what is written through it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.bytes = 0
        self._digest = hashlib.sha256()
        self._file = create(path)
        self.closed = False

    @property
    def sha256(self) -> str:
        """Hex digest of everything written so far."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        """Write, count, digest."""
        view = memoryview(data)
        self._digest.update(view)
        self.bytes += view.nbytes
        self._file.write(view)
        return view.nbytes

    def tell(self) -> int:
        """Bytes written so far."""
        return self.bytes

    def flush(self) -> None:
        """Hand buffered bytes on."""
        self._file.flush()

    def close(self) -> None:
        """Close once; further calls do nothing."""
        if not self.closed:
            self._file.close()
            self.closed = True

    def readable(self) -> bool:
        """Never."""
        return False

    def writable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Never."""
        return False


def _filesystems() -> Any:
    from apache_beam.io.filesystems import FileSystems

    return FileSystems
