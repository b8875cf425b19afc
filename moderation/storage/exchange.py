"""Two folders change places in one step, where the system and the file system know how."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import shutil
import sys
from collections.abc import Callable
from functools import cache

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
"""``renameat2`` of Linux, which C libraries before 2018 lack."""
_RENAME_SWAP = 2
"""``renamex_np`` of macOS."""


def exchange(one: str, other: str) -> None:
    """Swap two names; whoever opens either finds one of the two, whole, at any moment.

    Raises:
        FileNotFoundError: where one of them is not there.
        OSError: where the system or the file system has no such step.
    """
    call = _call()
    if call is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), one)
    sys.audit("moderation.exchange", one, other)  # as ``os.rename`` tells of itself
    if call(os.fsencode(one), os.fsencode(other)) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), one, None, other)


def put_in_place(folder: str, place: str) -> None:
    """Give a folder its final name; what has that name goes, in the same step where that exists.

    Where it does not, the former folder lies under ``FOLDER.former`` for a moment.
    """
    former = f"{folder}.former"
    try:
        exchange(folder, place)
        os.rename(folder, former)
    except FileNotFoundError:
        os.replace(folder, place)
    except OSError:
        os.rename(place, former)
        os.rename(folder, place)
    shutil.rmtree(former, ignore_errors=True)


def can_exchange(one: str, other: str) -> bool:
    """Try it with two empty folders of these names, which must not be there; they go again."""
    try:
        os.mkdir(one)
        os.mkdir(other)
        exchange(one, other)
    except OSError:
        return False
    finally:
        for each in (one, other):
            with contextlib.suppress(OSError):
                os.rmdir(each)
    return True


@cache
def _call() -> Callable[[bytes, bytes], int] | None:
    system, library = platform.system(), ctypes.CDLL(None, use_errno=True)
    try:
        if system == "Linux":
            renameat2 = library.renameat2
            return lambda one, other: int(
                renameat2(_AT_FDCWD, one, _AT_FDCWD, other, _RENAME_EXCHANGE)
            )
        if system == "Darwin":
            renamex_np = library.renamex_np
            return lambda one, other: int(renamex_np(one, other, _RENAME_SWAP))
    except AttributeError:
        pass
    return None
