"""How a run that did not commit is told: what happened, what is safe, how to go on."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import signal
import tempfile
import threading
import warnings
from typing import Any

from moderation.runs.claim import release
from moderation.runs.directory import RunDirectory
from moderation.runs.journal_files import judged_items
from moderation.storage import files
from pipelines.command import stopping, work_folder
from pipelines.command.engine_remedies import remedy

FAILED = 1
_REFUSALS = ("RunRefused", "InputChanged", "RunError")
_REFUSED = re.compile(rf"^(?:[\w.]+\.)?(?:{'|'.join(_REFUSALS)}): ")
_STEP = re.compile(r" \[while running '[^']*'\]")
_WORKER = re.compile(r"Worker subprocess exited with return code (-?\d+)")
_LOST_WORKER = ("Channel closed prematurely", "SDK harness disconnected", "Socket closed")
_FULL = (
    "No space left on device",
    "Disk quota exceeded",
    "File too large",
    "database or disk is full",
)
_BROKEN = "disk I/O error"
"""What SQLite says of a write that failed, for want of room or otherwise."""
_KEPT = "; the run that was committed before is whole"
_WHOLE = "the run was committed before, {} is whole"
GO_ON = "nothing was committed; the same command starts anew"


def quieten(verbose: bool) -> None:
    """Libraries keep their logs and tracebacks to themselves, unless somebody asked for them."""
    if verbose:
        logging.basicConfig(level=logging.INFO)
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.simplefilter("ignore")
    logging.basicConfig(level=logging.ERROR)
    logging.getLogger().setLevel(logging.ERROR)
    for name in ("tensorflow", "absl"):
        logging.getLogger(name).setLevel(logging.ERROR)
    for name in ("apache_beam", "grpc"):  # a failure is told once, by the command
        logging.getLogger(name).setLevel(logging.CRITICAL)


def cause(error: BaseException, *, folder: str | None = None) -> str:
    """What a person can act on, in one line: engines wrap errors in their own tracebacks."""
    text = str(error)
    lines = [_STEP.sub("", line.strip()) for line in text.splitlines() if line.strip()]
    if type(error).__name__ in _REFUSALS and lines:
        return lines[0]
    if refused := [line for line in lines if _REFUSED.match(line)]:
        return _REFUSED.sub("", refused[-1])
    if any(sign in text for sign in _FULL):
        return f"no space is left ({_room(folder)}): make room"
    if _BROKEN in text:
        return f"no space is left, or the disk fails ({_room(folder)}): make room"
    if any(sign in text for sign in _LOST_WORKER):
        return "a worker process ended before its work was done: did the system lack memory?"
    named = [line for line in lines if "Error" in line.split(":")[0]]
    told = (named or lines or [""])[-1]
    return told if named else f"{type(error).__name__}: {told}".rstrip(": ")


def failed(error: BaseException, directory: RunDirectory, *, verbose: bool) -> str:
    """The last words of a run that failed."""
    if verbose:
        logging.getLogger(__name__).error("the run failed", exc_info=error)
    hint = "" if verbose else " (--verbose shows all of it)"
    if _committed_by(directory) == directory.token:
        told = cause(error, folder=directory.output)
        return f"failed: {told}{hint}\n{_WHOLE.format(directory.path)}"
    told = f"failed: {cause(error, folder=directory.output)}{hint}"
    if mends := remedy(str(error)):
        told += f"\n{mends}"
    return f"{told}\n{go_on(directory)} ({directory.path}){kept(directory)}"


def stopped(directory: RunDirectory, *, at_engine: bool) -> str:
    """What is safe, and how to go on, when somebody stops the launcher."""
    if _committed_by(directory) == directory.token:
        with contextlib.suppress(Exception):
            release(directory)
        return _WHOLE.format(directory.path)
    if at_engine:
        return (
            f"a job that was submitted goes on at its engine; cancel it there, or wait for "
            f"{directory.path}/_SUCCESS"
        )
    work_folder.drop()
    if files.is_remote(directory.path):  # no lock that would go with the process
        with contextlib.suppress(Exception):
            release(directory)
    return f"{go_on(directory)} ({directory.path}){kept(directory)}"


def not_committed(directory: RunDirectory) -> str:
    """The last words of a job that ended well at its engine, and yet there is no run of it."""
    told = f"failed: the job ended at its engine, and {directory.path} was not committed"
    return f"{told}\n{go_on(directory)}{kept(directory)}"


def go_on(directory: RunDirectory) -> str:
    """What is safe of a run that did not commit, and the words to go on with."""
    told = safe(directory)
    return f"nothing was committed; {told}" if told else GO_ON


def safe(directory: RunDirectory) -> str:
    """How much of a run without a commit need not be done again; empty where that is nothing."""
    judged = 0
    with contextlib.suppress(Exception):  # a store that is down
        judged = judged_items(directory.journal)
    if not judged:
        return ""
    flag = "--overwrite" if _committed_by(directory) else "--resume"
    words = f"--run_id {directory.run_id} {flag}"
    return f"{judged:,} judged items are safe: the same command goes on with {words}"


def kept(directory: RunDirectory) -> str:
    """A word for who was to replace a run: it is still there."""
    by = _committed_by(directory)
    return "" if by in (None, directory.token) else _KEPT


def replaced(directory: RunDirectory) -> str:
    """The last words of a run that another start gave up before they were said."""
    return f"committed, and replaced since by a later start with --overwrite ({directory.path})"


def _committed_by(directory: RunDirectory) -> str | None:
    with contextlib.suppress(Exception):  # a store that is down, a marker that goes
        return directory.committed_by
    return None


def watch_threads(directory: RunDirectory, *, verbose: bool) -> None:
    """A worker process that dies ends the command, even where the engine would wait for ever.

    Beam starts its worker processes from threads, whose errors nobody takes up.
    """
    if not stopping.is_command():
        return

    def told(args: Any) -> None:
        if verbose:
            threading.__excepthook__(args)
        if found := _WORKER.search(str(args.exc_value)):
            stopping.leave(
                f"failed: a worker process {_death(int(found.group(1)))}\n"
                f"{go_on(directory)} ({directory.path})",
                FAILED,
            )

    threading.excepthook = told


def _death(code: int) -> str:
    number = -code if code < 0 else code - 128  # a shell in between adds 128
    with contextlib.suppress(ValueError):
        name = signal.Signals(number).name
        why = ": did the system lack memory? Fewer --direct_num_workers need less" * (number == 9)
        return f"was ended by {name}{why}"
    return f"ended with code {code} (--verbose shows why)"


def _room(folder: str | None) -> str:
    places = [place for place in (folder, tempfile.gettempdir()) if place and os.path.isdir(place)]
    return ", ".join(
        f"{shutil.disk_usage(place).free / 2**20:,.0f} MiB in {place}" for place in places
    )
