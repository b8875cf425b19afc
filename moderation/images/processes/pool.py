"""A small pool of child processes: one that dies costs its own call, and is replaced."""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from moderation.images.processes.calls import (
    Call,
    ChildRaisedError,
    ClosedError,
    Made,
    NoChildError,
)
from moderation.images.processes.process import Child

_PAUSES_S = (0.1, 0.5, 2.0)
"""Between tries to start a process, where the machine has too many."""


class ProcessPool:
    """Runs functions by name on bytes, each in a process that it may end.

    Processes are started when they are needed, up to ``most``, and end with this one, however it
    ends. Thread-safe.

    Args:
        most: processes at once.
        function: ``module:name`` of what they mostly run, imported before their first call.
    """

    def __init__(self, most: int, *, function: str) -> None:
        self._most = most
        self._function = function
        self._turns: SimpleQueue[None] = SimpleQueue()
        for _ in range(most):
            self._turns.put(None)
        self._alone = threading.Lock()
        self._idle: list[Child] = []
        self._closed = False
        self.started = 0
        """Processes, since it was made."""
        # On Linux a child ends with the thread that started it: one that lasts as long as the pool.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="image-children")

    def run(self, call: Call) -> Made:
        """Have a call done; waits for its turn. Raises ``ChildError``."""
        if self._alone.locked():  # it waits for turns, and none should be taken before it
            with self._alone:
                pass
        self._turns.get()
        try:
            return self._run(call)
        finally:
            self._over(1)

    def run_alone(self, call: Call) -> Made:
        """Have a call done in a new process while no other is under way: as a second try should be.

        Raises ``ChildError``.
        """
        with self._alone:
            for _ in range(self._most):
                self._turns.get()
            try:
                return self._run(call, new=True)
            finally:
                self._over(self._most)

    def pids(self) -> list[int]:
        """Of the processes that wait for a call."""
        return [child.pid for child in tuple(self._idle)]

    def close(self) -> None:
        """End every process; those at work, once they are done. Again is no harm."""
        self._closed = True
        self._over(0)

    def _run(self, call: Call, *, new: bool = False) -> Made:
        child = self._child(new=new)
        try:
            made = child.ask(call)
        except ChildRaisedError:
            self._idle.append(child)
            raise
        except BaseException:
            child.end()
            raise
        self._idle.append(child)
        return made

    def _child(self, *, new: bool) -> Child:
        if self._closed:
            raise ClosedError("the pool is closed")
        try:
            child = self._idle.pop()  # the one that was used last: the others may rest
        except IndexError:
            return self._started()
        if not new:
            return child
        child.end()
        return self._started()

    def _over(self, turns: int) -> None:
        for _ in range(turns):
            self._turns.put(None)
        if self._closed:
            self._end_idle()
            if self._turns.qsize() == self._most:  # it has no child left to hold
                self._starter.shutdown(wait=False)

    def _end_idle(self) -> None:
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().end()

    def _started(self) -> Child:
        for pause_s in _PAUSES_S if self.started else ():  # where none ever was, none will be
            with contextlib.suppress(NoChildError):
                return self._start()
            time.sleep(pause_s)
        return self._start()

    def _start(self) -> Child:
        try:
            begun = self._starter.submit(Child, self._function)
        except RuntimeError:  # the interpreter is on its way out
            raise ClosedError("no process is started any more") from None
        child = begun.result()
        child.wait_until_ready()
        self.started += 1
        return child
