"""The few items that an audit shows, as a tally gathers them.

Of each group the first few are kept, by rank and content key. An item that is among the first few
of all is so among any part of them, so groups add up to the same whatever order they come in, and
rows of one item that lie apart are counted together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from schemas.images import ImageReport
from schemas.policy import Decision
from schemas.records import Kind
from schemas.shown_items import ShownBy
from schemas.verdicts import TextSource


class Group(NamedTuple):
    """Items that are shown for one reason."""

    by: ShownBy
    of: str
    """A flag, or a kind."""
    most: int
    """Items that are kept."""


class Question(NamedTuple):
    """The probability that is looked at in a group."""

    label: str
    """As ``task.label``."""
    threshold: float


class Facts(NamedTuple):
    """What there is of an item, the same in each of its rows."""

    kind: Kind
    decision: Decision
    reasons: tuple[str, ...]
    probabilities: Mapping[str, float]
    texts: Mapping[str, str]
    """By field; the beginning of one that is very long."""
    characters: Mapping[str, int]
    """Of the whole texts."""
    text_source: TextSource | None
    images: tuple[ImageReport, ...]
    pictures: tuple[tuple[str, str, str, str | None], ...]
    """Where they are had: an ``ImageRef``'s values. Never written down, for there are secrets in
    addresses."""

    @property
    def is_whole(self) -> bool:
        """Whether all of its texts is here."""
        return all(len(text) == self.characters[name] for name, text in self.texts.items())


class Candidate(NamedTuple):
    """An item that a group may show."""

    rank: float
    """The lowest come first."""
    content_key: str
    copies: int
    first: tuple[str, int, str]
    """Source, row and item id of its first row."""
    question: Question
    facts: Facts


class Candidates:
    """By group the first few items. Adding is associative and commutative."""

    __slots__ = ("groups",)

    def __init__(self) -> None:
        self.groups: dict[Group, list[Candidate]] = {}

    def takes(self, group: Group, rank: float, content_key: str) -> bool:
        """Whether an item would be among those of a group."""
        kept = self.groups.get(group)
        return not kept or len(kept) < group.most or (rank, content_key) <= _place(kept[-1])

    def add(self, group: Group, candidates: Iterable[Candidate]) -> None:
        """Offer items to a group; rows of an item that is there are counted to it."""
        found: dict[str, Candidate] = {}
        for one in (*self.groups.get(group, ()), *candidates):
            former = found.get(one.content_key)
            found[one.content_key] = _together(former, one) if former else one
        self.groups[group] = sorted(found.values(), key=_place)[: group.most]

    def merge(self, other: Candidates) -> None:
        """Add others to these."""
        for group, candidates in other.groups.items():
            self.add(group, candidates)

    def items(self) -> dict[str, Candidate]:
        """By content key, in its order, each item once."""
        found = {each.content_key: each for some in self.groups.values() for each in some}
        return dict(sorted(found.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Candidates) and self.groups == other.groups

    __hash__ = None  # type: ignore[assignment]


def _place(candidate: Candidate) -> tuple[float, str]:
    return candidate.rank, candidate.content_key


def _together(one: Candidate, other: Candidate) -> Candidate:
    first = min(one, other, key=lambda each: each.first)
    return first._replace(copies=one.copies + other.copies)


class Answers(NamedTuple):
    """What the model says of an item with less of it."""

    probabilities: Mapping[str, Mapping[str, float]]
    """By how much of the item was shown, by ``task.label``."""
    notes: Mapping[str, str]
    """Why there is no answer, by what was asked."""


class Looked(NamedTuple):
    """What came of looking at the shown items once more, by content key."""

    answers: Mapping[str, Answers]
    thumbnails: Mapping[tuple[str, str], str]
    """By content key and field."""
    lost: Mapping[tuple[str, str], str]
    """Why a picture could not be had again."""
    pictures: int = 0
    """That were had."""
    failure: str | None = None


NOTHING_LOOKED_AT = Looked({}, {}, {})
