"""In which order people see a queue: nearest the threshold first, the samples spread among it.

Whoever stops halfway has seen half of each sample, so that its shares still hold.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable

from moderation.review.queue.items import QueueItem

_REVIEW = "review"


def in_order(items: Iterable[QueueItem]) -> list[QueueItem]:
    """Each item once, by margin or, of a sample, by chance that is the same every time.

    Each stratum fills the whole length evenly: the third of four items stands at five eighths.
    """
    strata: dict[str, list[QueueItem]] = {}
    for item in {item.content_key: item for item in items}.values():
        strata.setdefault(item.stratum, []).append(item)
    placed = []
    for stratum, members in strata.items():
        members.sort(key=_by_margin if stratum == _REVIEW else _by_chance)
        placed += [
            ((number + 0.5) / len(members), stratum != _REVIEW, stratum, number, item)
            for number, item in enumerate(members)
        ]
    placed.sort(key=lambda each: each[:4])
    return [item for *_, item in placed]


def share_of(content_key: str, what: str) -> float:
    """A number from 0 up to 1 that hangs on the content and on what it is for, on nothing else."""
    digest = hashlib.sha256(f"{what}:{content_key}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _by_margin(item: QueueItem) -> tuple[float, str]:
    return math.inf if item.margin is None else item.margin, item.content_key


def _by_chance(item: QueueItem) -> tuple[float, str]:
    return share_of(item.content_key, "order"), item.content_key
