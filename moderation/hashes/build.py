"""From a bank's files to arrays: every line read, and a bank with a bad one refused."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydantic_core import to_json

from moderation.hashes.entries import DIGITS, BadEntry, Entry, LeftOut
from moderation.hashes.read_bank import Placed, read_bank
from moderation.option_error import OptionError
from schemas.hashes import Algorithm

NOT_KNOWN = 255
"""The quality of a hash whose bank does not say it."""
_SHOWN = 5


class BankError(OptionError, ValueError):
    """A bank that cannot be used; the message says where and what to do."""


@dataclass(slots=True)
class _Hashes:
    """Of one algorithm, as they are read."""

    digests: bytearray = field(default_factory=bytearray)
    entries: array[int] = field(default_factory=lambda: array("I"))
    qualities: bytearray = field(default_factory=bytearray)

    def add(self, digest: bytes, entry: int, quality: int) -> None:
        self.digests += digest
        self.entries.append(entry)
        self.qualities.append(quality)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The hashes of one algorithm, one a row."""

    digests: NDArray[np.uint8]
    """uint8 ``[hashes, bytes]``."""
    entries: NDArray[np.uint32]
    """Which entry of the bank each is one of."""
    qualities: NDArray[np.uint8]
    """0..100 or ``NOT_KNOWN``."""


@dataclass(slots=True)
class BankRows:
    """A bank as it is read."""

    entries: bytearray = field(default_factory=bytearray)
    """JSON: id, tags and text of each, one behind the other."""
    ends: array[int] = field(default_factory=lambda: array("Q"))
    """Where each ends."""
    left_out: Counter[str] = field(default_factory=Counter)
    until: int | None = None
    """When the first of those is to be looked for after all, in seconds since 1970."""
    _hashes: dict[Algorithm, _Hashes] = field(default_factory=dict)

    def add(self, entry: Entry, place: str) -> None:
        """One more entry; ``place`` is its name where it has no other."""
        number = len(self.ends)
        quality = NOT_KNOWN if entry.quality is None else entry.quality
        for algorithm, digest in entry.hashes:
            if algorithm not in self._hashes:
                self._hashes[algorithm] = _Hashes()
            self._hashes[algorithm].add(digest, number, quality)
        self.entries += to_json((entry.id or place, entry.tags, entry.text))
        self.ends.append(len(self.entries))

    def leave_out(self, entry: LeftOut) -> None:
        """One that is not looked for."""
        self.left_out[entry.why] += 1
        if entry.until is not None:
            self.until = min(entry.until, self.until or entry.until)

    def columns(self) -> dict[Algorithm, Columns]:
        """The hashes by algorithm; one that has none is not there."""
        return {
            algorithm: Columns(
                np.frombuffer(some.digests, np.uint8).reshape(-1, DIGITS[algorithm] // 2),
                np.frombuffer(some.entries, np.uint32),
                np.frombuffer(some.qualities, np.uint8),
            )
            for algorithm, some in self._hashes.items()
        }


def read_rows(files: Iterable[tuple[str, Algorithm | None]]) -> BankRows:
    """All entries of files, each with what its hashes are of where it does not say so.

    Raises:
        BankError: lines that cannot be used, by file and number; a file that cannot be read, or
            that has not one entry.
    """
    rows, bad, wrong = BankRows(), list[str](), 0
    for path, assumed in files:
        before = len(rows.ends)
        for place, found in _placed(path, assumed):
            if isinstance(found, Entry):
                rows.add(found, f"{path.rsplit('/', 1)[-1]}, {place}")
            elif isinstance(found, LeftOut):
                rows.leave_out(found)
            else:
                wrong += 1
                if len(bad) < _SHOWN and not any(each.endswith(f": {found}") for each in bad):
                    bad.append(f"{path}, {place}: {found}")
        if len(rows.ends) == before and not wrong:
            why = ", ".join(f"{count} {each}" for each, count in rows.left_out.items())
            raise BankError(f"{path} has no hash to look for{why and f' ({why})'}")
    if wrong:
        more = f"; and {wrong - len(bad)} more" if wrong > len(bad) else ""
        raise BankError(f"{'; '.join(bad)}{more}. Mend or remove what cannot be used")
    return rows


def _placed(path: str, assumed: Algorithm | None) -> Iterator[Placed]:
    try:
        yield from read_bank(path, assumed)
    except (OSError, EOFError) as error:
        why = getattr(error, "strerror", None) or str(error)
        yield "the file", BadEntry(f"cannot be read ({why})")
