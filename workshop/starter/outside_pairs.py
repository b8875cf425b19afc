"""Pairs by others, source by source, and posts about events: what is trained on, what held back.

Held back are whole categories, whole events, and of every source a tenth of its first texts,
by a digest, so that no first text lies on both sides.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from schemas.records import ENTAILMENT_LABELS
from workshop.starter.data import Pairs

NOT_IMPLIED = len(ENTAILMENT_LABELS)
"""Label of a pair that is contradictory or neither: nobody says which."""

LABELS = {"contradiction": 0, "entailment": 1, "neutral": 2, "not_entailment": NOT_IMPLIED}

_HELD_BACK = frozenset({"lexical/planets", "lexical/instruments", "lexical/vegetables"})
_HELD_BACK_EVENTS = frozenset({"malaysia", "sochi", "columbianChemicals", "passport", "garissa"})
_ONE_OF, _ONE_OF_LABELLED = 10, 5
_FILES = {"monotonicity": "monotonicity", "category": "lexical", "source": "negation"}
"""By the column that no other file has."""


@dataclass(frozen=True, slots=True)
class Outside:
    """By source: pairs that are trained on, and pairs that are not."""

    train: Mapping[str, Pairs]
    held_back: Mapping[str, Pairs]


@dataclass(frozen=True, slots=True)
class Events:
    """By event: posts that are trained on, and posts that are not."""

    train: Mapping[str, tuple[str, ...]]
    held_back: Mapping[str, tuple[str, ...]]


def outside(rows: Iterable[tuple[str, str, str, Mapping[str, Any]]]) -> Outside:
    """Of first text, second text, label and further columns."""
    parts: tuple[dict[str, list[tuple[str, str, int]]], ...] = ({}, {})
    for first, second, label, extras in rows:
        source = _source(extras)
        part = parts[source in _HELD_BACK or _is_held_back(first, _ONE_OF)]
        part.setdefault(source.split("/")[0], []).append((first, second, LABELS[label]))
    return Outside(*({name: pairs_of(each) for name, each in part.items()} for part in parts))


def events(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Events:
    """Of text and further columns, ``image`` among them: its name begins with the event's."""
    parts: tuple[dict[str, list[str]], ...] = ({}, {})
    for text, extras in rows:
        found = re.match("[A-Za-z]+", PurePosixPath(extras["image"]).name)
        event = found.group() if found else ""
        parts[event in _HELD_BACK_EVENTS].setdefault(event, []).append(text)
    return Events(*({name: tuple(each) for name, each in part.items()} for part in parts))


def labelled(pairs: Pairs) -> tuple[Pairs, Pairs]:
    """Labelled tweet pairs to train on, and a fifth of them that is not."""
    both: tuple[list[tuple[str, str, int]], ...] = ([], [])
    for first, second, label in zip(pairs.first, pairs.second, pairs.labels, strict=True):
        both[_is_held_back(first, _ONE_OF_LABELLED)].append((first, second, int(label)))
    train, kept = map(pairs_of, both)
    return train, kept


def pairs_of(rows: Iterable[tuple[str, str, int]]) -> Pairs:
    """Of first text, second text and label."""
    first, second, labels = zip(*rows, strict=True)
    return Pairs(tuple(first), tuple(second), np.array(labels, np.int32))


def _source(extras: Mapping[str, Any]) -> str:
    for column, name in _FILES.items():
        if column in extras:
            return f"{name}/{extras[column]}"
    return "captions"


def _is_held_back(first: str, one_of: int) -> bool:
    return hashlib.sha256(first.encode("utf-8")).digest()[0] % one_of == 0
