"""A command that is told to stop: one line of what is safe and how to go on, and the signal's code.

Nothing of a run counts before its marker, and a training goes on from its last whole epoch: so a
command may end at any moment, and unwinding engines, threads and compiled graphs would only bring
their tracebacks. A thread of its own waits for the signal, because the main one may sit in compiled
code for minutes.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

from moderation.logs.process import json_line

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_state: dict[str, Callable[[], str]] = {}
_begun = threading.Event()
_leaving = threading.Lock()
_stderr = 2


def begin() -> None:
    """From here on the process is a command: a signal ends it as told. Again is no harm.

    What whoever started it wanted ignored (``nohup``) stays ignored.
    """
    global _stderr
    in_main = threading.current_thread() is threading.main_thread()
    if _begun.is_set() or not in_main or not hasattr(signal, "pthread_sigmask"):
        return
    _begun.set()
    _stderr = os.dup(2)  # TensorFlow is loaded with the other one turned away
    heeded: set[int] = {getattr(signal, name) for name in _SIGNALS}
    heeded = {each for each in heeded if signal.getsignal(each) is not signal.SIG_IGN}
    if signal.SIGINT in heeded and sys.platform == "linux":
        _hide_interrupts_from_children()
        heeded.remove(signal.SIGINT)
    told, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    for each in heeded:
        signal.signal(each, lambda *_: None)
    _in_thread(lambda: _stop(_first(told, heeded)))


def _hide_interrupts_from_children() -> None:
    """A terminal sends Ctrl-C to all; children end with their parent, and need say nothing.

    Ignoring is what they inherit, through shells too; Linux keeps an ignored signal for who waits
    for it while it is blocked.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _in_thread(lambda: _stop(signal.sigwait({signal.SIGINT})))


def _first(told: int, heeded: set[int]) -> int:
    """The first of the signals that is told; other handlers' wake this up too."""
    while (number := os.read(told, 1)[0]) not in heeded:
        pass
    return number


def _in_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="stopping", daemon=True).start()


def is_command() -> bool:
    """Whether this process is a command of ours, and may be ended."""
    return _begun.is_set()


@contextlib.contextmanager
def telling(what: Callable[[], str]) -> Iterator[None]:
    """While the block runs, a stop says ``what``: what is safe, and how to go on."""
    former = _state.get("what")
    _state["what"] = what
    try:
        yield
    finally:
        if former is None:
            _state.pop("what")
        else:
            _state["what"] = former


def code_of(number: int) -> int:
    """The exit code of a command that a signal ended, as shells have it."""
    return 128 + number


def leave(text: str, code: int) -> None:
    """End the process and those it started, at once, with one line on stderr."""
    if not _leaving.acquire(blocking=False):  # what a process says whose peer was just killed
        threading.Event().wait()
    newline = "\n" if sys.stderr.isatty() else ""  # a progress bar may stand there
    text = json_line(text, level=logging.ERROR, exit_code=code) or text
    with contextlib.suppress(OSError):
        ours = os.dup(_stderr)
        _silence(2)  # other threads and processes still run, and theirs must not be the last word
    for pid in _descendants(os.getpid()):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(OSError):  # nobody reads any more
        os.write(ours, f"{newline}{text}\n".encode(errors="replace"))
    os._exit(code)


def _silence(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


def _stop(number: int) -> None:
    try:
        text = _state.get("what", _nothing_yet)()
    except Exception as error:  # a store that is down: the stop must come all the same
        text = f"what is there cannot be told ({type(error).__name__})"
    leave(f"stopped by {signal.Signals(number).name}: {text}", code_of(number))


def _nothing_yet() -> str:
    return "nothing was begun; the same command starts anew"


def _descendants(pid: int) -> list[int]:
    """Processes below one, as far as this system tells."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                children.setdefault(_parent(name), []).append(int(name))
    found, queue = [], [pid]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def _parent(pid: str) -> int:
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return int(file.read().rpartition(")")[2].split()[1])
