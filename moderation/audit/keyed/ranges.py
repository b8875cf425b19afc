"""Arrays dealt into ranges of keys; ranges summed behind a shuffle, or out of local files."""

from __future__ import annotations

import os
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import apache_beam as beam
import numpy as np
from numpy.typing import NDArray

from moderation.storage.row_packs import open_packs, pack_rows

Part = TypeVar("Part")
Range = str
"""Names a range; packs of one range hold all that there is under its keys."""
Keys = NDArray[np.uint64]
_HELD_BYTES = 8 << 20
"""Of packs that wait to be written down: a file for each would be dear."""


def dealt(keys: Keys, ranges: int) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Places of keys by range; ranges without any are left out."""
    ranged = keys % np.uint64(ranges)
    order = np.argsort(ranged, kind="stable")
    ends = np.searchsorted(ranged[order], np.arange(ranges, dtype=np.uint64), side="right")
    start = 0
    for at, end in enumerate(ends.tolist()):
        if end > start:
            yield at, order[start:end]
        start = end


def packed(values: tuple[Any, ...]) -> bytes:
    """Some arrays, lists and dicts as one value."""
    return pack_rows([values])


class KeyedSum(ABC, Generic[Part]):
    """How what lies in a range is summed, and all ranges to one. Picklable."""

    @abstractmethod
    def part(self, name: Range, packs: Iterable[Any]) -> Part:
        """All of one range, in whatever order it came."""

    @abstractmethod
    def total(self, parts: Iterable[Part]) -> Part:
        """Parts of several ranges, or what was totalled of them; none gives an empty one."""

    def again(self, name: Range, packs: Iterable[Any]) -> Iterator[tuple[Range, bytes]] | None:
        """What is dealt anew from a range, by other keys, before it is summed; None: nothing is."""
        return None


@dataclass(eq=False)
class SumRanges(beam.PTransform):
    """``(range, pack)``s → one sum."""

    how: KeyedSum[Any]

    def expand(self, packs: Any) -> Any:
        """See the class."""
        how = self.how
        if type(how).again is not KeyedSum.again:
            packs = (
                packs
                | "Deal" >> beam.GroupByKey()
                | "DealAgain" >> beam.FlatMapTuple(lambda name, some: _again(how, name, some))
            )
        return (
            packs
            | "ByRange" >> beam.GroupByKey()
            | "Sum" >> beam.MapTuple(lambda name, some: how.part(name, open_packs(some)))
            | "Total" >> beam.CombineGlobally(how.total)
        )


def _again(how: KeyedSum[Any], name: Range, packs: Iterable[bytes]) -> Iterable[Any]:
    return how.again(name, open_packs(packs)) or ()


@dataclass(eq=False)
class KeepRanges(beam.DoFn):
    """``(range, pack)``s → files in a local folder, for ``sum_kept``; nothing comes out."""

    folder: str
    _held: dict[Range, list[bytes]] = field(default_factory=dict, init=False)

    def start_bundle(self) -> None:
        """Forget what a failed bundle held."""
        self._held = {}

    def process(self, keyed: tuple[Range, bytes]) -> None:
        """Hold a pack."""
        self._held.setdefault(keyed[0], []).append(keyed[1])

    def finish_bundle(self) -> None:
        """Write all that is held."""
        _keep_all(self.folder, self._held)


def keep(folder: str, name: Range, packs: Iterable[bytes]) -> None:
    """Write packs of a range down."""
    place = os.path.join(folder, name)
    os.makedirs(place, exist_ok=True)
    with open(os.path.join(place, uuid.uuid4().hex), "wb") as file:
        for pack in packs:
            file.write(len(pack).to_bytes(8, "big") + pack)


def sum_kept(folder: str, how: KeyedSum[Part]) -> Part:
    """The sum of all that was kept in a folder; a range at a time is in memory."""
    if type(how).again is not KeyedSum.again:
        folder = _dealt_again(folder, how)
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    total = how.total([])
    for name in names:
        part = how.part(name, open_packs(_kept(os.path.join(folder, name))))
        total = how.total([total, part])
    return total


def _dealt_again(folder: str, how: KeyedSum[Any]) -> str:
    further, held, size = f"{folder}-again", dict[Range, list[bytes]](), 0
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        packs = open_packs(_kept(os.path.join(folder, name)))
        for other, pack in how.again(name, packs) or ():
            held.setdefault(other, []).append(pack)
            size += len(pack)
        if size >= _HELD_BYTES:
            _keep_all(further, held)
            held, size = {}, 0
    _keep_all(further, held)
    return further


def _keep_all(folder: str, held: Mapping[Range, Iterable[bytes]]) -> None:
    for name, packs in held.items():
        keep(folder, name, packs)


def _kept(place: str) -> Iterator[bytes]:
    for name in sorted(os.listdir(place)):
        with open(os.path.join(place, name), "rb") as file:
            while size := file.read(8):
                yield file.read(int.from_bytes(size, "big"))
