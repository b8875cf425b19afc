"""The decisions file: one process holds it, and adds lines that are on the disk before it goes on.

Nothing that was written is ever changed. What a crash left of a last line is set aside beside the
file, so that the line after it is whole.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from moderation.review.decisions.lines import DecisionsError, Said, read_lines, torn_bytes
from schemas.decision_lines import DecisionLine

TORN = ".torn"


@dataclass(slots=True)
class DecisionsFile:
    """An open file. Make one with ``open_decisions``; its lines are one writer's at a time."""

    path: str
    _descriptor: int = field(repr=False)
    said: list[Said]
    """What it held when it was opened."""
    torn: int = 0
    """Bytes of a line that was not whole, which lie in a file beside it now."""

    def append(self, lines: Iterable[DecisionLine]) -> None:
        """Add lines, all or none.

        Raises:
            OSError: they could not be written; the file is as it was.
        """
        data = b"".join(line.model_dump_json().encode() + b"\n" for line in lines)
        before = os.fstat(self._descriptor).st_size
        try:
            _write_all(self._descriptor, data)
            os.fsync(self._descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, before)
            raise

    def close(self) -> None:
        """Let another process have it."""
        os.close(self._descriptor)


def open_decisions(path: str) -> DecisionsFile:
    """Open a file or begin one.

    Raises:
        DecisionsError: another process has it, or a line is no decision.
        OSError: it cannot be opened.
    """
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, path)
        data = _read_all(descriptor)
        torn = torn_bytes(data)
        if torn:
            _set_aside(path, data[-torn:])
            os.ftruncate(descriptor, len(data) - torn)
            data = data[:-torn]
        elif data and not data.endswith(b"\n"):
            _write_all(descriptor, b"\n")
        os.fsync(descriptor)
        _sync_folder(path)
        return DecisionsFile(path, descriptor, [*read_lines(data, path)], torn)
    except BaseException:
        os.close(descriptor)
        raise


def _lock(descriptor: int, path: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise DecisionsError(
            f"{path} is open in another process, which is writing decisions to it: stop that one, "
            "work in its page, or name another file"
        ) from error


def _read_all(descriptor: int) -> bytes:
    with open(descriptor, "rb", closefd=False) as file:
        return file.read()


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _set_aside(path: str, torn: bytes) -> None:
    with open(path + TORN, "ab") as file:
        file.write(torn + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: str) -> None:
    folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
