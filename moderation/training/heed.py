"""Signals that are heeded where libraries lose them.

A handler that raises is called wherever the process happens to be. TensorFlow and Keras have places
that catch everything (``except:``, destructors), and there Ctrl-C is lost: training goes on.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def heeded() -> Iterator[Callable[[], None]]:
    """Gives a check that calls the handler of a signal which came meanwhile once more.

    Handlers are as they were outside; one that raised, and whose exception was lost, raises again
    from the check. Outside the main thread the check does nothing.
    """
    came: list[int] = []
    before: dict[int, Any] = {}

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)
        before[number](number, frame)

    def check() -> None:
        if came:
            before[came[-1]](came[-1], None)

    if threading.current_thread() is threading.main_thread():
        before = {each: signal.getsignal(each) for each in _SIGNALS}
        before = {each: handler for each, handler in before.items() if callable(handler)}
    for each in before:
        signal.signal(each, note)
    try:
        yield check
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
