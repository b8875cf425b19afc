"""Sentences of our own, as they lie under ``sentences/``: read, held back, filled, checked.

A folder is a corpus. Its files are TSV with a header; ``words.tsv`` has what the places of its
forms, as in ``i hate {G}``, are filled with, and ``check.tsv`` sentences in another voice, made
by no form and never trained on. A fourth of the forms is held back from training, to judge by.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

Row = Mapping[str, str]
T = TypeVar("T")

_FOLDER = Path(__file__).resolve().parent / "sentences"
_ONE_OF = 4
_PLACE = re.compile(r"\{(\w+)\}")
_ARTICLE = re.compile(r"\ba(?= (?:[aeio]|un[a-z]|ug))")


class BadTable(ValueError):
    """A file that is not as it should be; the message names its line."""


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """The sentences of one folder.

    Attributes:
        name: of the folder.
        sides: by file, what of a row says on which side it lies, as a format of its columns.
            By the form alone: one that serves two functions lies on one side.
        held_back: which fourth of the digests is held back.
    """

    name: str
    sides: Mapping[str, str]
    held_back: int

    def rows(self, file: str) -> tuple[Row, ...]:
        """All rows of a file, by column.

        Raises:
            BadTable: a row lacks a cell or has one too many.
        """
        return read_table(_FOLDER / self.name / f"{file}.tsv")

    def forms(self, file: str, *, held_back: bool) -> tuple[Row, ...]:
        """Rows of the training side or of the held-back side."""
        return _forms(self, file, held_back)

    def words(self, place: str) -> tuple[str, ...]:
        """What a place may be filled with.

        Raises:
            KeyError: there is no such place.
        """
        return _words(self)[place]

    def text_of(self, file: str, row: Row) -> str:
        """The form as a whole, whatever columns it lies in."""
        return self.sides[file].format(**row)

    def digest(self) -> str:
        """SHA-256 of all files and their names: of what the sentences are made of, and no code."""
        total = hashlib.sha256()
        for path in sorted((_FOLDER / self.name).glob("*.tsv")):
            total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return total.hexdigest()


@cache
def read_table(path: Path) -> tuple[Row, ...]:
    """The rows of a TSV file with a header, by column.

    Raises:
        BadTable: a row has not the header's cells, or an empty one.
    """
    header, *lines = path.read_text("utf-8").removesuffix("\n").split("\n")
    columns = header.split("\t")
    rows = []
    for number, line in enumerate(lines, start=2):
        cells = line.split("\t")
        if len(cells) != len(columns) or not all(map(str.strip, cells)):
            raise BadTable(f"{path}, line {number}: {line!r} has not a cell for each of {columns}")
        rows.append(dict(zip(columns, cells, strict=True)))
    return tuple(rows)


def fill(form: str, word: Callable[[str], str]) -> str:
    """``form`` with each ``{place}`` replaced by the ``word`` of its name."""
    return _PLACE.sub(lambda place: word(place.group(1)), form)


def with_articles(text: str) -> str:
    """``a apple`` as ``an apple``: what fills a place brings its own first letter."""
    return _ARTICLE.sub("an", text)


def draw_unless(draw: Callable[[], T], is_barred: Callable[[T], bool]) -> T:
    """What is drawn, again and again until it is not barred: no sentence of the check."""
    while is_barred(drawn := draw()):
        pass
    return drawn


@cache
def _forms(corpus: Corpus, file: str, held_back: bool) -> tuple[Row, ...]:
    def is_held_back(row: Row) -> bool:
        digest = hashlib.sha256(corpus.text_of(file, row).encode("utf-8")).digest()
        return digest[0] % _ONE_OF == corpus.held_back

    return tuple(row for row in corpus.rows(file) if is_held_back(row) is held_back)


@cache
def _words(corpus: Corpus) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in corpus.rows("words"):
        found.setdefault(row["place"], []).append(row["word"])
    return {place: tuple(words) for place, words in found.items()}
