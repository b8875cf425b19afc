"""What was fetched or decoded already, within bounds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Lru(Generic[K, V]):
    """Least recently used entries go first once the weights exceed ``max_weight``.

    Not safe across threads; its owner holds a lock or stays on one thread.
    """

    def __init__(self, max_weight: int) -> None:
        self.max_weight = max_weight
        self.weight = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, made recent; None where it is not known."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: K, value: V, *, weight: int = 1) -> None:
        """Remember; what is heavier than the whole cache is not."""
        self.drop(key)
        if weight > self.max_weight:
            return
        self._entries[key] = (value, weight)
        self.weight += weight
        while self.weight > self.max_weight:
            _, (_, lost) = self._entries.popitem(last=False)
            self.weight -= lost

    def drop(self, key: K) -> None:
        """Forget."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.weight -= entry[1]

    def __len__(self) -> int:
        return len(self._entries)
