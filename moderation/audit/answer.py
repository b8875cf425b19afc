"""A question to a run and its answer, as a page says it first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["ok", "warn", "bad", ""]


@dataclass(frozen=True, slots=True)
class Detail:
    """One line under an answer."""

    text: str
    section: str = ""
    """Of the page, where more of it stands."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question to the run."""

    question: str
    said: str
    details: tuple[Detail, ...] = ()
    tone: Tone = ""


def many(number: int, noun: str) -> str:
    """As in ``1,204 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def share(part: int, whole: int) -> str:
    """As in ``12.5%``."""
    return f"{part / whole:.1%}"
