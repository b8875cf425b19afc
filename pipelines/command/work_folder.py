"""A folder on this machine for what a run needs while it goes on, and no longer."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # no POSIX: what a killed process left stays
    fcntl = None  # type: ignore[assignment]

_PREFIX, _LOCK = "moderation-run-", "lock"
_made: set[str] = set()


@contextmanager
def work_folder() -> Iterator[str]:
    """An empty folder of this process's own below ``TMPDIR``, gone after the block.

    What processes left there that were killed goes first: the lock that each holds on its own
    folder went with it.
    """
    _sweep()
    place, lock = _locked()
    with lock:
        folder = os.path.join(place, "work")
        os.mkdir(folder)
        try:
            yield folder
        finally:
            drop()


def _locked() -> tuple[str, BinaryIO]:
    """A new folder and its lock. One that a sweep took before the lock was had is given up."""
    while True:
        place = tempfile.mkdtemp(prefix=_PREFIX)
        lock = open(os.path.join(place, _LOCK), "wb")  # noqa: SIM115 (held until the run ends)
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(lock.name):
            _made.add(place)
            return place, lock
        lock.close()


def drop() -> None:
    """Delete what this process made, also where it ends without unwinding."""
    while _made:
        shutil.rmtree(_made.pop(), ignore_errors=True)


def _sweep() -> None:
    for place in glob.glob(os.path.join(glob.escape(tempfile.gettempdir()), f"{_PREFIX}*")):
        # no lock yet, or another user's, or a living owner: it is left alone
        with suppress(OSError), open(os.path.join(place, _LOCK), "rb") as lock:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(place, ignore_errors=True)
