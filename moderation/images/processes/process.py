"""A parent's hold on one child process."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack

from moderation.images.processes import wire
from moderation.images.processes.calls import (
    Call,
    ChildDiedError,
    ChildError,
    ChildMemoryError,
    ChildRaisedError,
    ChildTimeoutError,
    Made,
    NoChildError,
)
from moderation.images.processes.slot import Slot, anonymous_file, beyond_standard, rounded

_BOOT = """\
import json, sys
told = json.loads(sys.argv[1])
sys.path[:] = told.pop("path")
from moderation.images.processes.child import main
main(**told)
"""
_FEW_THREADS = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""One call at a time needs no more, and each would take address space from the limit."""
_START_S = 60.0
_DYING_S = 2.0


class Child:
    """One process, which answers one call after the other. Belongs to one thread at a time.

    Begins a fresh interpreter, never a copy of this process: its threads would not survive that.
    Raises ``NoChildError`` where it cannot.
    """

    def __init__(self, function: str) -> None:
        with ExitStack() as held:
            try:
                self._slot = Slot.made()
                held.callback(self._slot.close)
                self._errors = held.enter_context(open(anonymous_file(), "r+b"))
                self._control, theirs = map(_beyond_standard, socket.socketpair())
                held.callback(self._control.close)
                with theirs:
                    # Beam's credentials give every new socket of a process a timeout, and a file
                    # that has one does not wait: the child, which just reads, has to.
                    theirs.setblocking(True)
                    self._process = self._begun(theirs.fileno(), function)
            except (OSError, ValueError) as error:
                raise NoChildError(f"no process can be started ({error})") from None
            self._held = held.pop_all()

    def _begun(self, theirs: int, function: str) -> subprocess.Popen[bytes]:
        told = {
            "path": [os.path.abspath(place) for place in sys.path],
            "control": theirs,
            "slot": self._slot.descriptor,
            "parent": os.getpid(),
            "function": function,
        }
        return subprocess.Popen(
            [sys.executable, "-c", _BOOT, json.dumps(told)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            pass_fds=(theirs, self._slot.descriptor),
            env={**os.environ, **_FEW_THREADS},
            start_new_session=True,  # what a terminal sends its commands is not for children
        )

    @property
    def pid(self) -> int:
        """Of the child."""
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Until it has imported what it needs; raises ``NoChildError``, with its last words."""
        self._control.settimeout(_START_S)
        try:
            self._hear(time.monotonic() + _START_S)
        except ChildError:
            self._process.kill()
            self._errors.seek(0)
            said = self._errors.read()[-2000:].decode(errors="replace").strip().splitlines()
            self.end()
            reason = said[-1] if said else "and said nothing"
            raise NoChildError(f"a process was started and did not answer ({reason})") from None

    def ask(self, call: Call) -> Made:
        """Have the call done.

        Raises ``ChildError``: after any of them but ``ChildRaisedError`` the child is of no use.
        """
        began = time.monotonic()
        try:
            return self._asked(call, began)
        except ChildError as error:
            error.seconds = time.monotonic() - began
            raise

    def _asked(self, call: Call, began: float) -> Made:
        payload_at = rounded(len(call.data))
        try:
            self._slot.grow(payload_at + call.max_payload_bytes)
        except OSError as error:
            raise NoChildError(f"no memory can be shared with a process ({error})") from None
        self._slot.write(0, call.data)
        self._say(call, payload_at)
        answer = self._hear(began + call.limits.clock_s)
        ending, size, told = answer.ending, answer.size, answer.told
        if ending == wire.NO_MEMORY:
            raise ChildMemoryError("its memory is used up")
        if ending != wire.DONE:
            raise ChildRaisedError(told[:300].decode(errors="replace"))
        payload = self._slot.read(payload_at, min(size, call.max_payload_bytes)) if size else None
        self._slot.give_back()
        return Made(told, payload, time.monotonic() - began, answer.processor_ns)

    def end(self) -> None:
        """End the process and forget it. Again is no harm."""
        if self._process.returncode is None:
            self._process.kill()
            self._process.wait()
        self._held.close()

    def _say(self, call: Call, payload_at: int) -> None:
        limits = call.limits
        asked = wire.Asked(
            size=len(call.data),
            payload_at=payload_at,
            room=call.max_payload_bytes,
            slot=self._slot.size,
            memory=limits.memory_bytes,
            processor_s=limits.processor_s,
            job=call.job.packed,
        )
        try:
            self._control.settimeout(limits.clock_s)
            self._control.sendall(asked.packed())
        except OSError:
            raise self._dead() from None

    def _hear(self, until: float) -> wire.Answered:
        def read(size: int) -> bytes:
            if time.monotonic() > until:  # who says a byte now and then
                raise TimeoutError
            return self._control.recv(size)

        try:
            answer = wire.answered(read)
        except TimeoutError:
            raise ChildTimeoutError("no answer in time") from None
        except (OSError, wire.WireError):
            raise self._dead() from None
        if answer is None:
            raise self._dead()
        return answer

    def _dead(self) -> ChildDiedError | ChildTimeoutError:
        """What the process's end says."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_DYING_S)
        code = self._process.returncode
        if code is None:
            return ChildDiedError("its process gave no answer that could be read")
        if code == -signal.SIGPROF:
            return ChildTimeoutError("its processor time is used up")
        if code >= 0:
            return ChildDiedError(f"its process exited with {code}")
        with contextlib.suppress(ValueError):
            return ChildDiedError(f"its process ended by {signal.Signals(-code).name}")
        return ChildDiedError(f"its process ended by signal {-code}")


def _beyond_standard(end: socket.socket) -> socket.socket:
    return socket.socket(fileno=beyond_standard(end.detach()))
