"""What a build learns from, its splits kept apart: plain values, whatever they were read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from workshop.starter.sources import Source

Floats = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Texts:
    """Labelled texts of one split: ``labels`` int [n], 0 or 1."""

    texts: tuple[str, ...]
    labels: Floats

    def __add__(self, other: Texts) -> Texts:
        """Both, one after the other."""
        return Texts(self.texts + other.texts, np.concatenate([self.labels, other.labels]))


@dataclass(frozen=True, slots=True)
class Splits:
    """One labelled set in three parts; ``test`` is measured once and never tuned on."""

    train: Texts
    validation: Texts
    test: Texts


@dataclass(frozen=True, slots=True)
class HateSets:
    """What the hate heads learn from."""

    heads: tuple[Splits, ...]
    """In the order of ``train_hate.HEADS``."""
    ordinary: Splits
    """Posts that nobody would flag; all their labels are 0."""
    posts: Splits | None = None
    """Posts about events in the news; all their labels are 0."""
    templates: Splits | None = None
    """Short phrases with the name of a group: praise, and contempt of the group as such."""

    def train(self) -> tuple[Texts, ...]:
        """What is trained on, part by part."""
        parts = (*self.heads, self.ordinary, self.posts, self.templates)
        return tuple(each.train for each in parts if each is not None)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Labelled tweet pairs: ``labels`` int [n], in the order of ``ENTAILMENT_LABELS``."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    labels: Floats


@dataclass(frozen=True, slots=True)
class Outside:
    """Pairs by others, by source: those that are trained on, and those that are not."""

    train: Mapping[str, Pairs]
    held_back: Mapping[str, Pairs]


@dataclass(frozen=True, slots=True)
class Events:
    """Posts by event: those that are trained on, and those that are not."""

    train: Mapping[str, tuple[str, ...]]
    held_back: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Memes:
    """Labelled memes: ``texts`` [n], ``images`` uint8 [n, h, w, 3], ``labels`` int [n], 0 or 1."""

    texts: tuple[str, ...]
    images: Floats
    labels: Floats


@dataclass(frozen=True, slots=True)
class TrainedOn:
    """A set of examples as the card names it: never where it lay."""

    source: Source
    file: str
    rows: int
    """Of the part that is trained on."""
    sha256: str

    def entry(self) -> dict[str, Any]:
        """For the card."""
        about = {key: value for key, value in asdict(self.source).items() if key != "credit"}
        return about | {"file": self.file, "rows": self.rows, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Sets:
    """Everything that a build learns from."""

    hate: HateSets
    pairs: Pairs
    outside: Outside
    events: Events
    memes: Memes | None
    trained_on: tuple[TrainedOn, ...]
