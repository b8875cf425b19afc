"""One run to a directory: who makes it now, and what becomes of somebody else who tries.

On a local folder the launcher holds a lock for as long as it lives; a second one is refused, and
a killed one's lock goes with its process, so that a restart is never in its own way. Where there
are no locks (object stores), and for jobs that outlive their launcher, the latest start owns the
directory: an earlier one finds another's token in ``_claim`` when it would commit, and is refused.
"""

from __future__ import annotations

import datetime
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from moderation.runs import storage
from moderation.runs.directory import CLAIM, RunDirectory

try:
    import fcntl
except ImportError:  # no POSIX: the token has to do
    fcntl = None  # type: ignore[assignment]


class RunClaimed(RuntimeError):
    """Another process makes this run now; the message says who, and what to do."""


@dataclass(slots=True)
class Claim:
    """A start's hold on its directory, until the block ends."""

    kept: bool = False

    def keep(self) -> None:
        """The job goes on elsewhere when this process has ended, and gives the claim up itself."""
        self.kept = True


@contextmanager
def claimed(directory: RunDirectory) -> Iterator[Claim]:
    """Own the run's directory, and on a local folder keep others out.

    Raises:
        RunClaimed: a living process on this machine, or on one that shares the folder's locks,
            owns it.
    """
    path = directory.file(CLAIM)
    if storage.is_remote(path) or fcntl is None:
        storage.write_bytes(path, _told(directory))
        yield Claim()
        return
    lock = _locked(path, run_id=directory.run_id)
    claim = Claim()
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, _told(directory), 0)
        yield claim
    finally:
        if not claim.kept and _is_at(lock, path):
            os.remove(path)
        os.close(lock)


def owns(directory: RunDirectory) -> bool:
    """Whether nobody else took the directory since; true too where nobody ever claimed it."""
    path = directory.file(CLAIM)
    if not storage.exists(path):
        return True
    return _read(path).get("token") == directory.token


def _locked(path: str, *, run_id: str) -> int:
    """The descriptor of the claim's file, under lock."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise RunClaimed(_refusal(path, run_id)) from None
        except OSError:  # a file system without locks: the token has to do
            return lock
        if _is_at(lock, path):
            return lock
        os.close(lock)  # a run that ended took the file away in between


def _is_at(lock: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), os.stat(path))
    except FileNotFoundError:
        return False


def _refusal(path: str, run_id: str) -> str:
    told = _read(path)
    who = f"process {told.get('pid', '?')} on {told.get('host', '?')}"
    since = told.get("started_at", "an unknown time")
    return (
        f"--run_id {run_id!r}: {who} makes this run since {since}. "
        "Wait until it ends, or choose another id"
    )


def _told(directory: RunDirectory) -> bytes:
    now = datetime.datetime.now(datetime.timezone.utc)
    claim = {
        "token": directory.token,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "started_at": now.isoformat(timespec="seconds"),
    }
    return json.dumps(claim).encode() + b"\n"


def _read(path: str) -> dict[str, object]:
    try:
        loaded = json.loads(storage.read_bytes(path))
    except (OSError, ValueError):  # gone, or being written
        return {}
    return loaded if isinstance(loaded, dict) else {}
