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
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from moderation.option_error import OptionError, option
from moderation.runs import store_claim
from moderation.runs.directory import CLAIM, RunDirectory
from moderation.storage import files

try:
    import fcntl
except ImportError:  # no POSIX: the token has to do
    fcntl = None  # type: ignore[assignment]

_HAS_LOCKS = fcntl is not None
_DEAD_MINUTES = round(store_claim.DEAD_S / 60)


class RunClaimed(OptionError, RuntimeError):
    """Another process makes this now; the message says who, and what to do."""


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
    elif files.is_remote(path) or not _HAS_LOCKS:
        files.write_bytes(path, _line(_told(directory)))
        yield Claim()
    else:
        with _locked(path, _told(directory), what=_run(directory)) as claim:
            yield claim


def seal(directory: RunDirectory) -> bool:
    """Whether this start may commit: nobody else took the directory, nor committed into it.

    In a store that has conditions the answer holds: whoever comes later finds the claim renewed.
    """
    path = directory.file(CLAIM)
    if _conditional(path) and store_claim.keep(path, directory.token, state="commits"):
        return True
    if files.exists(path):
        return _read(path).get("token") == directory.token
    return directory.committed_by in (None, directory.token)


@contextmanager
def held(folder: str, *, what: str) -> Iterator[None]:
    """Be the only process that works in a local folder, as far as its file system has locks.

    Args:
        folder: made where it is not there, and gone after the block if nothing else lies in it.
        what: what is made there, for who is refused: ``--output 'model'``.

    Raises:
        RunClaimed: a living process works there.
    """
    if not _HAS_LOCKS:
        yield
        return
    with _locked(os.path.join(folder, CLAIM), _facts(), what=what):
        yield
    with suppress(OSError):
        os.rmdir(folder)


def release(directory: RunDirectory) -> None:
    """Give the claim up, where it is this start's."""
    path = directory.file(CLAIM)
    if _conditional(path):
        store_claim.release(path, directory.token)
    elif files.exists(path) and _read(path).get("token") == directory.token:
        files.delete_tree(path)


def release_unless_held(directory: RunDirectory) -> None:
    """Give the claim up, unless the launcher lives: under its lock it reads what was committed."""
    path = directory.file(CLAIM)
    if _conditional(path) or files.is_remote(path) or not _is_locked(path):
        release(directory)


@contextmanager
def _locked(path: str, told: Mapping[str, object], *, what: str) -> Iterator[Claim]:
    lock = _lock(path, what=what)
    claim = Claim()
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, _line(told), 0)
        yield claim
    finally:
        if not claim.kept and _is_at(lock, path):
            with suppress(
                OSError
            ):  # a folder that was barred meanwhile; the lock goes all the same
                os.remove(path)
        os.close(lock)


@contextmanager
def _claimed_in_store(directory: RunDirectory, path: str) -> Iterator[Claim]:
    try:
        store_claim.take(path, _told(directory), is_dead=_is_gone)
    except store_claim.Held as other:
        raise RunClaimed(_refusal(other.told, _run(directory), age_s=other.age_s)) from None
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


def _lock(path: str, *, what: str) -> int:
    """The descriptor of the claim's file, under lock."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise RunClaimed(_refusal(_read(path), what)) from None
        except OSError:  # a file system without locks: the token has to do
            return lock
        if _is_at(lock, path):
            return lock
        os.close(lock)  # a run that ended took the file away in between


def _is_locked(path: str) -> bool:
    if not _HAS_LOCKS:
        return False
    try:
        lock = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(lock)
    return False


def _is_at(lock: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), os.stat(path))
    except FileNotFoundError:
        return False


def _refusal(told: Mapping[str, object], what: str, *, age_s: float | None = None) -> str:
    who = f"process {told.get('pid', '?')} on {told.get('host', '?')}"
    since, flag = told.get("started_at", "an unknown time"), what.split()[0]
    alive = "" if age_s is None else f" (last sign of life {max(age_s, 0):.0f} s ago)"
    dead = "" if age_s is None else f"; one that died is in nobody's way after {_DEAD_MINUTES} min"
    return (
        f"{what}: {who} makes this run since {since}{alive}. "
        f"Wait until it ends, or choose another {flag}{dead}"
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


def _run(directory: RunDirectory) -> str:
    return f"{option('run_id')} {directory.run_id!r}"


def _told(directory: RunDirectory) -> dict[str, object]:
    return {"token": directory.token, **_facts()}


def _facts() -> dict[str, object]:
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "system": _system(),
        "started_at": now.isoformat(timespec="seconds"),
    }


def _line(told: Mapping[str, object]) -> bytes:
    return json.dumps(told).encode() + b"\n"


def _read(path: str) -> dict[str, object]:
    try:
        loaded = json.loads(files.read_bytes(path))
    except (OSError, ValueError):  # gone, or being written
        return {}
    return loaded if isinstance(loaded, dict) else {}
