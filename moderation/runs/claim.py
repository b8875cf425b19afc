"""One run to a directory: who makes it now, and what becomes of somebody else who tries.

On a local folder the launcher holds a lock for as long as it lives; a second one is refused, and
a killed one's lock goes with its process, so that a restart is never in its own way. In Google
Cloud Storage the claim is an object that only one start can make, renewed while its owner lives.
For jobs that outlive their launcher, and in other stores, the latest start owns the directory: an
earlier one finds another's token in ``_claim`` when it would commit, and is refused.
"""

from __future__ import annotations

import datetime
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from moderation.runs import storage, store_claim
from moderation.runs.directory import CLAIM, RunDirectory

try:
    import fcntl
except ImportError:  # no POSIX: the token has to do
    fcntl = None  # type: ignore[assignment]

_DEAD_MINUTES = round(store_claim.DEAD_S / 60)


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
    """Own the run's directory, and keep others out where that can be had.

    Raises:
        RunClaimed: a living process owns it.
    """
    path = directory.file(CLAIM)
    if _conditional(path):
        with _claimed_in_store(directory, path) as claim:
            yield claim
    elif storage.is_remote(path) or fcntl is None:
        storage.write_bytes(path, _line(_told(directory)))
        yield Claim()
    else:
        with _claimed_by_lock(directory, path) as claim:
            yield claim


def seal(directory: RunDirectory) -> bool:
    """Whether this start may commit: nobody else took the directory, nor committed into it.

    In a store that has conditions the answer holds: whoever comes later finds the claim renewed.
    """
    path = directory.file(CLAIM)
    if _conditional(path) and store_claim.keep(path, directory.token, state="commits"):
        return True
    if storage.exists(path):
        return _read(path).get("token") == directory.token
    return directory.committed_by in (None, directory.token)


def release(directory: RunDirectory) -> None:
    """Give the claim up, where it is this start's."""
    path = directory.file(CLAIM)
    if _conditional(path):
        store_claim.release(path, directory.token)
    elif storage.exists(path) and _read(path).get("token") == directory.token:
        storage.delete_tree(path)


@contextmanager
def _claimed_by_lock(directory: RunDirectory, path: str) -> Iterator[Claim]:
    lock = _locked(path, run_id=directory.run_id)
    claim = Claim()
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, _line(_told(directory)), 0)
        yield claim
    finally:
        if not claim.kept and _is_at(lock, path):
            os.remove(path)
        os.close(lock)


@contextmanager
def _claimed_in_store(directory: RunDirectory, path: str) -> Iterator[Claim]:
    try:
        store_claim.take(path, _told(directory), is_dead=_is_gone)
    except store_claim.Held as held:
        raise RunClaimed(_refusal(held.told, directory.run_id, age_s=held.age_s)) from None
    claim = Claim()
    with store_claim.renewed(path, directory.token):
        try:
            yield claim
        finally:
            if claim.kept:
                store_claim.keep(path, directory.token, state="goes on")
            else:
                store_claim.release(path, directory.token)


def _conditional(path: str) -> bool:
    return path.startswith("gs://")


def _locked(path: str, *, run_id: str) -> int:
    """The descriptor of the claim's file, under lock."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise RunClaimed(_refusal(_read(path), run_id)) from None
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


def _refusal(told: Mapping[str, object], run_id: str, *, age_s: float | None = None) -> str:
    who = f"process {told.get('pid', '?')} on {told.get('host', '?')}"
    since = told.get("started_at", "an unknown time")
    alive = "" if age_s is None else f" (last sign of life {max(age_s, 0):.0f} s ago)"
    dead = "" if age_s is None else f"; one that died is in nobody's way after {_DEAD_MINUTES} min"
    return (
        f"--run_id {run_id!r}: {who} makes this run since {since}{alive}. "
        f"Wait until it ends, or choose another id{dead}"
    )


def _is_gone(told: Mapping[str, object]) -> bool:
    """Whether a claim's owner is known to live no more, or never meant to keep others out."""
    if told.get("state") == "goes on":
        return True
    pid, system = told.get("pid"), told.get("system")
    if not isinstance(pid, int) or system is None or system != _system():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    return False


def _system() -> str | None:
    """Names the processes among which an id is one process; None where that cannot be told."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return f"{file.read().strip()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return None


def _told(directory: RunDirectory) -> dict[str, object]:
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "token": directory.token,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "system": _system(),
        "started_at": now.isoformat(timespec="seconds"),
    }


def _line(told: Mapping[str, object]) -> bytes:
    return json.dumps(told).encode() + b"\n"


def _read(path: str) -> dict[str, object]:
    try:
        loaded = json.loads(storage.read_bytes(path))
    except (OSError, ValueError):  # gone, or being written
        return {}
    return loaded if isinstance(loaded, dict) else {}
