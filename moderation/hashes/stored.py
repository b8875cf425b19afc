"""A bank's index as files that any number of processes map: it is built once on a machine.

It lies in a folder of this user's own below the system's folder for temporary files, under a name
that its sources' digests give. What nobody has opened for long is removed when another is built.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json, to_json

from moderation.hashes.build import BankRows
from moderation.hashes.exact import ExactIndex
from moderation.hashes.near import NearIndex
from schemas.hashes import Algorithm

LAYOUT = "1"
_FACTS, _ENTRIES = "facts.json", "entries.json"
_KEPT_S = 30 * 86_400.0

Index = NearIndex | ExactIndex


@dataclass(frozen=True, slots=True, eq=False)
class StoredIndex:
    """The hashes of one algorithm."""

    index: Index
    entries: NDArray[np.uint32]
    qualities: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class StoredBank:
    """A bank, mapped from its files."""

    indexes: dict[Algorithm, StoredIndex]
    count: int
    """Entries."""
    left_out: dict[str, int]
    _ends: NDArray[np.uint64]
    _entries: NDArray[np.uint8]

    def entry(self, number: int) -> tuple[str, list[str], str | None]:
        """Id, tags and text of an entry."""
        start = int(self._ends[number - 1]) if number else 0
        name, tags, text = from_json(self._entries[start : int(self._ends[number])].tobytes())
        return name, tags, text

    @property
    def hashes(self) -> dict[Algorithm, int]:
        """How many there are of each algorithm."""
        return {algorithm: len(each.entries) for algorithm, each in self.indexes.items()}


def stored(key: str, make: Callable[[], BankRows], *, folder: Path | None = None) -> StoredBank:
    """The bank of a key: mapped, or made first where this machine has it not.

    Args:
        key: tells the content.
        make: reads the bank.
        folder: where indexes lie; default: the user's own.
    """
    folder = folder or own_folder()
    place = folder / f"{LAYOUT}-{key}"
    if not _holds(place):
        _build(make(), place)
        _tidy(folder)
    with suppress(OSError):
        os.utime(place / _FACTS)
    return _map(place)


def _holds(place: Path) -> bool:
    """Whether an index is there, and no entry that it leaves out is to be looked for by now."""
    try:
        until = from_json((place / _FACTS).read_bytes())["until"]
    except FileNotFoundError:
        return False
    if until is None or time.time() < until:
        return True
    shutil.rmtree(place, ignore_errors=True)  # who has it mapped keeps it
    return False


def own_folder() -> Path:
    """A folder that nobody else can write to."""
    place = Path(tempfile.gettempdir(), f"moderation-hash-banks-{os.getuid()}")
    with suppress(FileExistsError):
        place.mkdir(mode=0o700)
    found = place.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022:
        return place
    return Path(tempfile.mkdtemp(prefix="moderation-hash-banks-"))  # somebody else's: not that one


def _build(rows: BankRows, place: Path) -> None:
    """Write beside, then rename: another process sees all of it or nothing."""
    draft = Path(tempfile.mkdtemp(prefix=".", dir=place.parent))
    try:
        for algorithm, columns in rows.columns().items():
            near = algorithm is Algorithm.PDQ
            index = (NearIndex if near else ExactIndex).build(columns.digests)
            arrays = {name: getattr(index, name) for name in _arrays(algorithm)}
            arrays |= {"entries": columns.entries, "qualities": columns.qualities}
            for name, values in arrays.items():
                np.save(draft / f"{algorithm.value}.{name}.npy", values)
        np.save(draft / "ends.npy", np.frombuffer(rows.ends, np.uint64))
        (draft / _ENTRIES).write_bytes(rows.entries)
        hashes = [algorithm.value for algorithm in rows.columns()]
        facts = {"entries": len(rows.ends), "algorithms": hashes, "left_out": rows.left_out}
        facts["until"] = rows.until
        (draft / _FACTS).write_bytes(to_json(facts))
        os.rename(draft, place)
    except OSError:
        if not (place / _FACTS).exists():  # else another process was first
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _map(place: Path) -> StoredBank:
    facts: dict[str, Any] = from_json((place / _FACTS).read_bytes())
    indexes = {}
    for algorithm in map(Algorithm, facts["algorithms"]):
        arrays = {
            name: _mapped(place / f"{algorithm.value}.{name}.npy")
            for name in (*_arrays(algorithm), "entries", "qualities")
        }
        entries, qualities = arrays.pop("entries"), arrays.pop("qualities")
        made = NearIndex if algorithm is Algorithm.PDQ else ExactIndex
        indexes[algorithm] = StoredIndex(made(**arrays), entries, qualities)
    return StoredBank(
        indexes=indexes,
        count=facts["entries"],
        left_out=facts["left_out"],
        _ends=_mapped(place / "ends.npy"),
        _entries=np.memmap(place / _ENTRIES, np.uint8, mode="r"),
    )


def _arrays(algorithm: Algorithm) -> tuple[str, ...]:
    if algorithm is Algorithm.PDQ:
        return "mixed", "starts", "order"
    return "digests", "keys", "order"


def _mapped(path: Path) -> Any:
    return np.asarray(np.load(path, mmap_mode="r"))  # a plain array: memmap's own is slower


def _tidy(folder: Path) -> None:
    oldest = time.time() - _KEPT_S
    for place in folder.glob(f"{LAYOUT}-*"):
        with suppress(OSError):
            if (place / _FACTS).stat().st_mtime < oldest:
                shutil.rmtree(place)
