"""Bytes of a local file: a regular one, inside its root, no larger than allowed."""

from __future__ import annotations

import errno
import os
import stat
from functools import lru_cache

from moderation.images.references.location import slashed
from moderation.images.types import ImageError
from schemas.codes import Code

_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
_CODES = {
    errno.ENOENT: (Code.NOT_FOUND, "no such file"),
    errno.ENOTDIR: (Code.NOT_FOUND, "no such file"),
    errno.EACCES: (Code.FORBIDDEN, "the file may not be read"),
    errno.EPERM: (Code.FORBIDDEN, "the file may not be read"),
    errno.ELOOP: (Code.INVALID_REFERENCE, "the path is a loop of links"),
    errno.ENAMETOOLONG: (Code.INVALID_REFERENCE, "the path is too long"),
    errno.ENXIO: (Code.INVALID_REFERENCE, "not a regular file"),
}


def read_local(path: str, root: str | None, *, max_bytes: int) -> bytes:
    """Read a whole file; of a path with backslashes that is none, the one with slashes.

    Links are resolved first and the result must lie inside ``root`` (None: anywhere); what was
    opened is then asked again where it lies, so that a link exchanged in between gains nothing.

    Raises:
        ImageError: ``NOT_FOUND``, ``FORBIDDEN``, ``OUTSIDE_ROOT``, ``INVALID_REFERENCE`` (folder,
            device, pipe, socket), ``TOO_LARGE_BYTES``, ``EMPTY`` or ``STORAGE``.
    """
    try:
        return _read_file(path, root, max_bytes=max_bytes)
    except ImageError as error:
        meant = slashed(path, root) if error.code is Code.NOT_FOUND else None
        if meant is None:
            raise
    return _read_file(meant, root, max_bytes=max_bytes)


def _read_file(path: str, root: str | None, *, max_bytes: int) -> bytes:
    try:
        real = os.path.realpath(path)
        _check_inside(real, root)
        _check_regular(os.lstat(real), max_bytes)  # before open: opening a device may act on it
        handle = os.open(real, _FLAGS)
        try:
            _check_regular(os.fstat(handle), max_bytes)
            _check_inside(_where(handle, real), root)
            data = _read(handle, max_bytes)
        finally:
            os.close(handle)
    except OSError as error:
        code, message = _CODES.get(error.errno or 0, (Code.STORAGE, error.strerror or "I/O error"))
        raise ImageError(code, message) from None
    except ValueError:
        raise ImageError(Code.INVALID_REFERENCE, "the path holds what no path can") from None
    if not data:
        raise ImageError(Code.EMPTY, "the file is empty")
    return data


def _read(handle: int, max_bytes: int) -> bytes:
    size = os.fstat(handle).st_size
    data = os.read(handle, size + 1)
    if len(data) == size:
        return data
    parts = [data]
    total = len(data)
    while data := os.read(handle, 1 << 20):
        total += len(data)
        if total > max_bytes:
            raise _too_large(max_bytes)
        parts.append(data)
    return b"".join(parts)


def _where(handle: int, real: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{handle}")
    except OSError:  # no such file system here: the resolved path has to do
        return real


def _check_inside(path: str, root: str | None) -> None:
    if root is None:
        return
    inside = _real_root(root)
    if path != inside[:-1] and not path.startswith(inside):
        raise ImageError(Code.OUTSIDE_ROOT, "the path leads outside the image root through a link")


@lru_cache(maxsize=64)
def _real_root(root: str) -> str:
    return os.path.realpath(root).rstrip("/") + "/"


def _check_regular(status: os.stat_result, max_bytes: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ImageError(Code.INVALID_REFERENCE, "not a regular file")
    if status.st_size > max_bytes:
        raise _too_large(max_bytes)


def _too_large(max_bytes: int) -> ImageError:
    return ImageError(Code.TOO_LARGE_BYTES, f"the file is larger than {max_bytes} bytes")
