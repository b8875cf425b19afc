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
    """Gives a check that raises what a signal's handler raised meanwhile, where that was lost.

    Handlers are as they were outside. Outside the main thread the check does nothing.
    """
    raised: list[BaseException] = []
    before: dict[int, Any] = {}

    def note(number: int, frame: FrameType | None) -> None:
        try:
            before[number](number, frame)
        except BaseException as error:
            raised.append(error)
            raise

    def check() -> None:
        if raised:
            raise raised.pop()

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
