"""Moments at which a process dies, and limits under which it works; called in that process."""

from __future__ import annotations

import ctypes
import os
import re
import resource
import signal
import sys
from typing import Any

_FILES = ("open", "os.", "shutil.")


def die_at(folder: str, number: int, since: str = "", note: str = "") -> None:
    """SIGKILL before the n-th operation on a file below a folder.

    Args:
        folder: what lies elsewhere does not count.
        number: from 1.
        since: a regular expression: operations count from the first path on that has it.
        note: a file that says before which operation it died.
    """
    left, begun = number, re.compile(since)
    seen = not since

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left, seen
        if not event.startswith(_FILES):
            return
        paths = [str(each) for each in arguments if str(each).startswith(folder)]
        seen = seen or any(begun.search(path) for path in paths)
        if not paths or not seen:
            return
        left -= 1
        if left == 0:
            if note:
                number = os.open(note, os.O_WRONLY | os.O_CREAT)
                os.write(number, f"{event} {paths[0]}".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def ignoring(name: str) -> None:
    """As a process begins whose parent ignores a signal (``nohup``)."""
    signal.signal(getattr(signal, name), signal.SIG_IGN)


def files_of_at_most(size: int) -> None:
    """As a full disk: nothing longer than so many bytes can be written."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def replace_at(opened: str, number: int, path: str, by: str) -> None:
    """Put another file or folder in a path's place, before the n-th time that a file is opened.

    Args:
        opened: the file, or a folder: any file below it.
        number: from 1.
        path: what is replaced; it goes to ``PATH.former``.
        by: what takes its place.
    """
    left = number

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event != "open" or not str(arguments[0]).startswith(opened):
            return
        left -= 1
        if left == 0:
            os.rename(path, f"{path}.former")
            os.rename(by, path)

    sys.addaudithook(hook)


def without_privileges() -> None:
    """Root is held to what folders allow, as anybody is."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, (ctypes.c_uint32 * 6)()) != 0:
        raise OSError(ctypes.get_errno(), "privileges cannot be given up")
