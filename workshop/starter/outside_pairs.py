"""Pairs by others, source by source, and posts about events: what is trained on, what held back.

Held back are whole categories, whole events, and of every source a tenth of its first texts,
by a digest, so that no first text lies on both sides.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from schemas.records import ENTAILMENT_LABELS
from workshop.starter.data import Events, Outside, Pairs

NOT_IMPLIED = len(ENTAILMENT_LABELS)
"""Label of a pair that is contradictory or neither: nobody says which."""

LABELS = {"contradiction": 0, "entailment": 1, "neutral": 2, "not_entailment": NOT_IMPLIED}

_HELD_BACK = frozenset({"lexical/planets", "lexical/instruments", "lexical/vegetables"})
_HELD_BACK_EVENTS = frozenset({"malaysia", "sochi", "columbianChemicals", "passport", "garissa"})
_ONE_OF, _ONE_OF_LABELLED = 10, 5
_FILES = {"monotonicity": "monotonicity", "category": "lexical", "source": "negation"}
"""By the column that no other file has."""


def outside(rows: Iterable[tuple[str, str, str, Mapping[str, Any]]]) -> Outside:
    """Of first text, second text, label and further columns."""
    parts: tuple[dict[str, list[tuple[str, str, int]]], ...] = ({}, {})
    for first, second, label, extras in rows:
        source = _source(extras)
        part = parts[source in _HELD_BACK or _is_held_back(first, _ONE_OF)]
        part.setdefault(source.split("/")[0], []).append((first, second, LABELS[label]))
    return Outside(*({name: pairs_of(each) for name, each in part.items()} for part in parts))


def events(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Events:
    """Of text and further columns: the name of the ``image`` begins with the event's."""
    parts: tuple[dict[str, list[str]], ...] = ({}, {})
    for text, extras in rows:
        found = re.match("[A-Za-z]+", PurePosixPath(extras.get("image") or "").name)
        if found:
            event = found.group()
            parts[event in _HELD_BACK_EVENTS].setdefault(event, []).append(text)
    return Events(*({name: tuple(each) for name, each in part.items()} for part in parts))


def labelled(pairs: Pairs, same: Sequence[bool]) -> tuple[list[int], list[int]]:
    """The places of labelled tweet pairs to train on, and of a fifth of them that is not.

    Two texts that say the ``same`` do not contradict, by rule: where annotators went by pictures
    and said they do, nothing is to be learnt from the texts.
    """
    held_back = [_is_held_back(first, _ONE_OF_LABELLED) for first in pairs.first]
    learnable = [
        row
        for row in range(len(pairs.labels))
        if not held_back[row] and not (same[row] and pairs.labels[row] == 0)
    ]
    return learnable, np.flatnonzero(held_back).tolist()


def pairs_of(rows: Iterable[tuple[str, str, int]]) -> Pairs:
    """Of first text, second text and label."""
    first, second, labels = zip(*rows, strict=True)
    return Pairs(tuple(first), tuple(second), np.array(labels, np.int32))


def taken(pairs: Pairs, rows: Sequence[int]) -> Pairs:
    """The pairs at these places."""
    return Pairs(
        tuple(pairs.first[row] for row in rows),
        tuple(pairs.second[row] for row in rows),
        pairs.labels[np.array(rows, int)],
    )


def joined(parts: Sequence[Pairs]) -> Pairs:
    """All pairs, part after part."""
    return Pairs(
        tuple(text for part in parts for text in part.first),
        tuple(text for part in parts for text in part.second),
        np.concatenate([part.labels for part in parts]),
    )


def _source(extras: Mapping[str, Any]) -> str:
    for column, name in _FILES.items():
        if column in extras:
            return f"{name}/{extras[column]}"
    return "captions"


def _is_held_back(first: str, one_of: int) -> bool:
    return hashlib.sha256(first.encode("utf-8")).digest()[0] % one_of == 0
