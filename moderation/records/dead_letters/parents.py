"""Which earlier runs' dead letters were read, and what became of them."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.dead_letters.write import DEAD_LETTERS
from moderation.records.items import Item, Record
from moderation.storage import files
from schemas.manifest import Parent

Letters = tuple[tuple[str, int, int], ...]
"""Run id, letters read, and of these passed on."""


class Counted(Protocol):
    """What a reader counted of one file."""

    @property
    def source(self) -> str:
        """The file."""

    @property
    def letters(self) -> Letters:
        """Its letters, by run."""


class CountLetters:
    """Counts letters among the rows of a file."""

    __slots__ = ("_passed_on", "_read")

    def __init__(self) -> None:
        self._read: Counter[str] = Counter()
        self._passed_on: Counter[str] = Counter()

    def add(self, found: tuple[Record, Item] | DeadLetter) -> None:
        """Count a row by what it became."""
        letter = found if isinstance(found, DeadLetter) else None
        past = found.history if isinstance(found, DeadLetter) else found[0].history
        if past:
            self._read[past.parent_run_id] += 1
            self._passed_on[past.parent_run_id] += bool(letter and letter.passed_on)

    def counted(self) -> Letters:
        """All that were added."""
        return tuple((run, read, self._passed_on[run]) for run, read in sorted(self._read.items()))


def added(one: Letters, other: Letters) -> Letters:
    """The letters of two parts of a file."""
    read: Counter[str] = Counter()
    passed_on: Counter[str] = Counter()
    for run, letters, passed in (*one, *other):
        read[run] += letters
        passed_on[run] += passed
    return tuple((run, letters, passed_on[run]) for run, letters in sorted(read.items()))


def parents_of(counts: Iterable[Counted]) -> tuple[Parent, ...]:
    """The runs whose letters were counted, by id and place."""
    read: Counter[tuple[str, str]] = Counter()
    passed_on: Counter[tuple[str, str]] = Counter()
    for count in counts:
        for run_id, letters, passed in count.letters:
            read[run_id, run_of(count.source) or ""] += letters
            passed_on[run_id, run_of(count.source) or ""] += passed
    return tuple(
        Parent(
            run_id=run,
            path=path or None,
            committed=_is_committed(path) if path else None,
            letters=letters,
            passed_on=passed_on[run, path],
        )
        for (run, path), letters in sorted(read.items())
    )


def _is_committed(path: str) -> bool | None:
    with suppress(OSError):  # a store that does not answer now: nobody knows
        return files.exists(f"{path}/_SUCCESS")
    return None


def run_of(file: str) -> str | None:
    """The directory of the run that a file of dead letters lies in; None where it lies in none."""
    folder = posixpath.dirname(file)
    inside = posixpath.basename(folder) == DEAD_LETTERS.table
    run = posixpath.dirname(folder)
    return run if inside and posixpath.basename(run).startswith("run_id=") else None
