"""What runs in a child process: one call at a time, each within its limits.

A fresh interpreter that imports this module and the function's, and nothing else: no TensorFlow, no
Beam, no ``__main__`` of anybody's.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from moderation.images.processes import wire
from moderation.images.processes.slot import Slot

Function = Callable[..., tuple[bytes, "bytes | None"]]
_MOST_FACTS = wire.MOST - 64

_PR_SET_PDEATHSIG = 1
_UNLIMITED = resource.RLIM_INFINITY


def main(*, control: int, slot: int, parent: int, function: str) -> None:
    """Answer calls until the parent is gone.

    Args:
        control: descriptor of the socket that calls come by.
        slot: descriptor of the memory that bytes come and go by.
        parent: process id of who started this.
        function: imported before the first call.
    """
    _end_with(parent)
    _take_no_signals()
    _named(function)
    memory = _Memory()
    shared = Slot(slot)
    read = partial(os.read, control)
    _say(control, wire.Answered(wire.DONE, 0, b"ready"))
    _be_silent()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the parent is gone
        while (call := wire.asked(read)) is not None:
            began = time.process_time_ns()
            answer = _answer(call, shared, memory)
            _say(control, answer._replace(processor_ns=time.process_time_ns() - began))


def _answer(call: wire.Asked, slot: Slot, memory: _Memory) -> wire.Answered:
    memory.limit(call.slot + call.memory)
    slot.look(call.slot)
    signal.setitimer(signal.ITIMER_PROF, call.processor_s)
    try:
        function, arguments = _job(call.job)
        facts, payload = function(slot.read(0, call.size), **arguments)
        payload = payload or b""
        if len(payload) > call.room or len(facts) > _MOST_FACTS:
            raise ValueError(f"{len(payload)} and {len(facts)} bytes, which is too much")
        slot.write(call.payload_at, payload)
        return wire.Answered(wire.DONE, len(payload), facts)
    except MemoryError:
        return wire.Answered(wire.NO_MEMORY, 0, b"")
    except Exception as error:
        said = f"{type(error).__name__}: {error}"[:300].encode(errors="replace")
        return wire.Answered(wire.RAISED, 0, said)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)


@lru_cache(maxsize=64)
def _job(packed: bytes) -> tuple[Function, dict[str, Any]]:
    name, arguments = json.loads(packed)
    return _named(name), arguments


def _named(function: str) -> Function:
    module, _, name = function.partition(":")
    found: Function = getattr(importlib.import_module(module), name)
    return found


def _say(control: int, answer: wire.Answered) -> None:
    data = answer.packed()
    while data:
        data = data[os.write(control, data) :]


class _Memory:
    """A limit on address space, over what the process takes when it has nothing to do."""

    def __init__(self) -> None:
        self._idle = _address_space()
        self._hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        self._now = -1

    def limit(self, size: int) -> None:
        """Let no more than ``size`` bytes be added; where the system does not tell, any number."""
        wanted = self._idle + size
        if self._hard != _UNLIMITED:
            wanted = min(wanted, self._hard)
        if self._idle and wanted != self._now:
            resource.setrlimit(resource.RLIMIT_AS, (wanted, self._hard))
            self._now = wanted


def _address_space() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _end_with(parent: int) -> None:
    """Linux ends this process with its parent; elsewhere it ends once it looks for a call."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _take_no_signals() -> None:
    """Who stops a command stops its parent. A limit that is reached ends this process."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)


def _be_silent() -> None:
    """From here on nothing is written: no file, no core, no line on a terminal."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _go_first()
    with open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _go_first(where: str = "/proc/self/oom_score_adj") -> None:
    """Where memory is short, this process ends before its parent does."""
    with contextlib.suppress(OSError), open(where, "w", encoding="ascii") as file:
        file.write("1000")
