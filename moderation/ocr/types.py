"""What a reader sees and what comes of it: lines, and a reading. Plain values that travel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Ending(str, Enum):
    """What became of a reading."""

    READ = "read"
    EMPTY = "empty"
    """Nothing in the picture is a text."""
    TIMED_OUT = "timed_out"
    CRASHED = "crashed"
    """The process that read ended over it."""
    FAILED = "failed"
    """The reader raised, or there is none on this worker."""

    @property
    def settled(self) -> bool:
        """Whether the same picture would be read the same way again."""
        return self in (Ending.READ, Ending.EMPTY)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one picture."""

    ending: Ending
    text: str | None = None
    """Lines in reading order, each on a line of its own; None: nothing was read."""
    score: float | None = None
    """The least sure line's, 0..1; None without a text."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as a reader found it; its upright box in pixels of the picture."""

    text: str
    score: float
    """Of the characters, their mean; 0..1."""
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """In pixels."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Of its height, from the top of the picture."""
        return (self.top + self.bottom) / 2
