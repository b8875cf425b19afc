"""Tallies: counts under structured keys that any number of workers make and anybody adds.

An audit is a sum of tallies. Keys are tuples whose first part names the family; their number
is bounded by the closed lists of the contract, but for sources, which the report caps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import add
from typing import Any

from moderation.audit.shown_items import Candidates

_EXAMPLES = 3

Example = tuple[str, int, str, str]
"""Source, row (0 for a whole file), item id, message; the smallest are kept."""


class Tally:
    """Counts, rows of counts, and a few examples. Adding is associative and commutative."""

    __slots__ = ("counts", "examples", "shown", "vectors")

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, ...]] = Counter()
        self.examples: dict[tuple[str, str], list[Example]] = {}
        self.vectors: dict[tuple[str, ...], list[int]] = {}
        """Counts that come by the hundred, as the bins of a fine histogram do."""
        self.shown = Candidates()
        """Items to be shown."""

    def add(self, *key: str, rows: int = 1) -> None:
        """Count rows under a key."""
        self.counts[key] += rows

    def vector(self, *key: str, size: int) -> list[int]:
        """The row of counts under a key, to be added to in place.

        Args:
            key: as of ``add``.
            size: how many counts; the same for the key wherever it is asked for.
        """
        found = self.vectors.get(key)
        if found is None:
            found = self.vectors[key] = [0] * size
        return found

    def example(self, stage: str, code: str, example: Example) -> None:
        """Offer an example of a code; a few are kept, the same whatever the order."""
        self._keep((stage, code), [example])

    def merge(self, other: Tally) -> None:
        """Add another tally to this one."""
        self.counts.update(other.counts)
        for key, examples in other.examples.items():
            self._keep(key, examples)
        for name, counts in other.vectors.items():
            own = self.vectors.get(name)
            self.vectors[name] = list(counts) if own is None else list(map(add, own, counts))
        self.shown.merge(other.shown)

    def vectors_of(self, *prefix: str) -> dict[tuple[str, ...], list[int]]:
        """Rows of counts whose keys start with ``prefix``, under what follows it."""
        size = len(prefix)
        return {k[size:]: v for k, v in sorted(self.vectors.items()) if k[:size] == prefix}

    def family(self, *prefix: str) -> dict[tuple[str, ...], int]:
        """Counts whose keys start with ``prefix``, under what follows it."""
        size = len(prefix)
        return {
            key[size:]: count
            for key, count in sorted(self.counts.items())
            if key[:size] == prefix and count
        }

    def of(self, *prefix: str) -> dict[str, int]:
        """The family of ``prefix`` where one part follows it."""
        return {key[0]: count for key, count in self.family(*prefix).items() if len(key) == 1}

    def _keep(self, key: tuple[str, str], examples: Iterable[Example]) -> None:
        merged = set(self.examples.get(key, ())).union(examples)
        self.examples[key] = sorted(merged)[:_EXAMPLES]

    def __getstate__(self) -> tuple[Any, ...]:
        return dict(self.counts), self.examples, self.vectors, self.shown

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        counts, self.examples, self.vectors, self.shown = state
        self.counts = Counter(counts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and self.__getstate__() == other.__getstate__()

    __hash__ = None  # type: ignore[assignment]
