"""The meter of a process: what its threads and children spent, by stage, until it is taken.

All sums are whole nanoseconds under keys of text, so that what any workers took adds up to the same
in any order. While the meter is off, asking it costs one look at a flag.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

from schemas.profile import ProfileStage

Key = tuple[str, ...]
CLOCK, PROCESSOR, ITEMS = "clock", "processor", "items"
STAGE, WHOLE, ENCODER, SIGNATURE = "stage", "whole", "encoder", "signature"
_OFF = nullcontext()


class Meter:
    """Thread-safe; one for each process, :data:`meter`."""

    def __init__(self) -> None:
        self.on = False
        self._run = ""
        self._lock = threading.Lock()
        self._thread = threading.local()
        self._by_threads = 0
        """Processor time of this process that a thread's clock gave to a stage; never reset."""
        self._calls = 0
        """Process-wide measurements under way."""
        self._clear()

    def begin(self, run_id: str) -> None:
        """Measure a run: from here where its first word comes to this process, else on."""
        with self._lock:
            if not self.on or run_id != self._run:
                self.on, self._run = True, run_id
                self._clear()

    def end(self) -> None:
        """Measure nothing any more."""
        self.on, self._run = False, ""

    def add(
        self,
        stage: ProfileStage,
        *,
        clock_ns: int = 0,
        thread_ns: int = 0,
        child_ns: int = 0,
        items: int = 0,
    ) -> None:
        """Add what a stage spent.

        Args:
            stage: that did it.
            clock_ns: by the clock.
            thread_ns: of the processor, in a thread of this process.
            child_ns: of the processor, in a child of this process.
            items: that it did.
        """
        if not self.on:
            return
        with self._lock:
            self._by_threads += thread_ns
            self._children += child_ns
            self._spent(stage, clock_ns, thread_ns + child_ns, items=items)

    def count(self, *key: str, number: int = 1) -> None:
        """Count something else, under a key of its own."""
        if self.on and not getattr(self._thread, "deaf", False):
            with self._lock:
                self._counts[key] += number

    def thread(self, stage: ProfileStage, *, items: int = 0) -> AbstractContextManager[None]:
        """What the calling thread spends within the block."""
        return self._of_thread(stage, items) if self.on else _OFF

    def process(self, stage: ProfileStage, *, items: int = 0) -> AbstractContextManager[None]:
        """What all threads spend within the block, but for what they give to stages themselves."""
        return self._of_process(stage, items) if self.on else _OFF

    @contextlib.contextmanager
    def deaf(self) -> Iterator[None]:
        """What the calling thread counts within the block is of no item of the run."""
        self._thread.deaf = True
        try:
            yield
        finally:
            self._thread.deaf = False

    def take(self) -> dict[Key, int]:
        """What came since the last time: the sum of all of them is the run's."""
        with self._lock:
            if not self.on:
                return {}
            counts, clock, processor = self._counts, self._clock_at, self._processor_at
            processor -= self._children
            self._clear()
            counts[WHOLE, CLOCK] += self._clock_at - clock
            counts[WHOLE, PROCESSOR] += self._processor_at - processor
            return {key: number for key, number in counts.items() if number}

    def _clear(self) -> None:
        self._counts = Counter[Key]()
        self._children = 0
        self._clock_at, self._processor_at = time.perf_counter_ns(), time.process_time_ns()

    def _spent(self, stage: ProfileStage, clock: int, processor: int, *, items: int) -> None:
        self._counts[STAGE, stage.value, CLOCK] += clock
        self._counts[STAGE, stage.value, PROCESSOR] += processor
        self._counts[STAGE, stage.value, ITEMS] += items

    @contextlib.contextmanager
    def _of_thread(self, stage: ProfileStage, items: int) -> Iterator[None]:
        clock, processor = time.perf_counter_ns(), time.thread_time_ns()
        try:
            yield
        finally:
            spent = time.thread_time_ns() - processor
            waited = time.perf_counter_ns() - clock
            self.add(stage, clock_ns=waited, thread_ns=spent, items=items)

    @contextlib.contextmanager
    def _of_process(self, stage: ProfileStage, items: int) -> Iterator[None]:
        """Of calls that overlap, the last gets the processor time of all."""
        clock = time.perf_counter_ns()
        with self._lock:
            if self._calls == 0:
                self._since = time.process_time_ns() - self._by_threads
            self._calls += 1
        try:
            yield
        finally:
            clock = time.perf_counter_ns() - clock
            with self._lock:
                self._calls -= 1
                spent = 0
                if self._calls == 0:
                    spent = max(0, time.process_time_ns() - self._by_threads - self._since)
                self._spent(stage, clock, spent, items=items)


meter = Meter()
"""This process's."""
