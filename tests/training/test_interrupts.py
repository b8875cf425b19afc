"""Signals that libraries lose are heeded."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from moderation.training.interrupts import heeded


def lose(number: int) -> None:
    """As libraries do that catch everything."""
    with suppress(BaseException):
        signal.raise_signal(number)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C interrupts, also where the tests were started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_that_was_lost_comes_at_the_next_check() -> None:
    with heeded() as heed:
        heed()
        lose(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            heed()


def test_the_handler_of_outside_is_asked_once_and_put_back() -> None:
    asked: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: asked.append(number))
    try:
        mine = signal.getsignal(signal.SIGTERM)
        with heeded() as heed:
            lose(signal.SIGTERM)
            heed()

        assert asked == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGTERM) is mine
    finally:
        signal.signal(signal.SIGTERM, before)
