"""What a fetch may spend: time, and bytes that lie in memory at once."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable
from typing import TypeVar

from moderation.images.types import ImageError
from schemas.codes import Code

T = TypeVar("T")


class TimeBudget:
    """One deadline for a whole fetch.

    The clock runs while the network or a pause is waited for, not while the fetch waits for
    its turn.
    """

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self.left_s = timeout_s

    async def spend(self, step: Awaitable[T], doing: str) -> T:
        """Wait for a step; raises ``ImageError(TIMEOUT)`` when the budget runs out before it."""
        started = time.monotonic()
        try:
            return await asyncio.wait_for(step, max(self.left_s, 0.001))
        except (asyncio.TimeoutError, TimeoutError):
            raise ImageError(
                Code.TIMEOUT, f"not done after {self.timeout_s:g} s ({doing})"
            ) from None
        finally:
            self.left_s -= time.monotonic() - started


class ByteBudget:
    """Caps the bytes in flight: reserved before they are read, returned once decoded.

    Who has reserved may find that more comes than was announced. If everybody waited for
    more at once, nobody would finish: so one at a time may overdraw, and the sum stays
    below ``max_bytes`` plus what one fetch may have.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.used = 0
        self.peak = 0
        self._overdraft: Reservation | None = None
        self._waiting: deque[tuple[asyncio.Future[None], Reservation, int]] = deque()

    def reservation(self) -> Reservation:
        """An empty reservation; grow it before reading, release it at the end."""
        return Reservation(self)

    async def take(self, holder: Reservation, amount: int) -> None:
        if not self._waiting and self._fits(holder, amount):
            self._book(holder, amount)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (turn, holder, amount)
        self._waiting.append(entry)
        self._wake()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give(holder, amount)
            elif entry in self._waiting:
                self._waiting.remove(entry)
                self._wake()
            raise

    def give(self, holder: Reservation, amount: int) -> None:
        self.used -= amount
        holder.amount -= amount
        if self._overdraft is holder and holder.amount == 0:
            self._overdraft = None
        self._wake()

    def _fits(self, holder: Reservation, amount: int) -> bool:
        if self.used + amount <= self.max_bytes or self._overdraft is holder:
            return True
        return self.used == 0

    def _book(self, holder: Reservation, amount: int) -> None:
        self.used += amount
        self.peak = max(self.peak, self.used)
        holder.amount += amount

    def _wake(self) -> None:
        """Serve the queue in order; if none fits, let one that holds bytes already overdraw."""
        while self._waiting and self._fits(self._waiting[0][1], self._waiting[0][2]):
            self._serve(0)
        if self._overdraft is None:
            for place, (_, holder, _) in enumerate(self._waiting):
                if holder.amount > 0:
                    self._overdraft = holder
                    self._serve(place)
                    break
        else:
            for place, (_, holder, _) in enumerate(self._waiting):
                if holder is self._overdraft:
                    self._serve(place)
                    break

    def _serve(self, place: int) -> None:
        turn, holder, amount = self._waiting[place]
        del self._waiting[place]
        if not turn.done():
            self._book(holder, amount)
            turn.set_result(None)


class Reservation:
    """The bytes that one fetch holds."""

    __slots__ = ("_budget", "amount")

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget
        self.amount = 0

    async def grow(self, amount: int) -> None:
        """Reserve more; waits until there is room."""
        if amount > 0:
            await self._budget.take(self, amount)

    def shrink_to(self, amount: int) -> None:
        """Return what was reserved and not needed."""
        if self.amount > amount:
            self._budget.give(self, self.amount - amount)

    def release(self) -> None:
        """Return everything."""
        self.shrink_to(0)
