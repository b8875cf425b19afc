"""Items go through the inference step in lists: a list costs Beam's steps what an item would.

A list is as long as a call to the model, so that no more items wait than the model can take.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from moderation.records.items import Item
from moderation.storage.bundle_end import at_end
from schemas.records import Kind

_Element = TypeVar("_Element")


@dataclass(slots=True)
class FullLists(Generic[_Element]):
    """Makes lists of one length from lists of any."""

    length: int
    _held: list[_Element] = field(default_factory=list, init=False)

    def add(self, some: list[_Element]) -> Iterator[list[_Element]]:
        """Take more; full lists come out."""
        self._held.extend(some)
        while len(self._held) >= self.length:
            full, self._held = self._held[: self.length], self._held[self.length :]
            yield full

    def rest(self) -> Iterator[list[_Element]]:
        """What fills none, if anything."""
        held, self._held = self._held, []
        if held:
            yield held


@dataclass(eq=False)
class ByKind(beam.DoFn):
    """Lists of ``Item``s → under each kind's value, full lists of its items."""

    batch_size: int
    _kinds: dict[Kind, FullLists[Item]] = field(init=False)

    def start_bundle(self) -> None:
        """Forget what a failed bundle held."""
        self._kinds = {kind: FullLists(self.batch_size) for kind in Kind}

    def process(self, items: list[Item]) -> Iterator[Any]:
        """Part the items; most lists have one kind."""
        for kind in dict.fromkeys(item.kind for item in items):
            for full in self._kinds[kind].add([item for item in items if item.kind is kind]):
                yield TaggedOutput(kind.value, full)

    def finish_bundle(self) -> Iterator[Any]:
        """Hand on what filled no list."""
        for kind, lists in self._kinds.items():
            for items in lists.rest():
                yield TaggedOutput(kind.value, at_end(items))
