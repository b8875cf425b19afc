"""Queues made by hand, and a desk that works on them."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from moderation.review.decisions.file import open_decisions
from moderation.review.page.desk import Desk
from moderation.review.queue.items import QueueItem
from moderation.review.queue.order import in_order
from schemas.verdicts import ReviewEntry

HATEFUL = ("not_hateful", "hateful")
NOW = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.timezone.utc)


def key_of(number: int) -> str:
    """A content key like a real one."""
    return hashlib.md5(str(number).encode()).hexdigest()


def meme(number: int, p: float = 0.5, **changes: Any) -> ReviewEntry:
    """A meme near its threshold of 0.5."""
    entry: dict[str, Any] = {
        "item_id": str(number),
        "kind": "meme",
        "content_key": key_of(number),
        "reasons": ["review_band:is_hateful"],
        "probabilities": {"hateful.not_hateful": 1 - p, "hateful.hateful": p},
        "texts": {"text": f"text {number}"},
        "images": [{"field": "img", "reference": None, "status": "absent"}],
        "source": "memes.jsonl",
        "row": number + 1,
        "run_id": "r",
        "model_fingerprint": "f",
        "policy_version": "p",
        "margin": abs(p - 0.5),
    }
    return ReviewEntry.model_validate({**entry, **changes})


def desk(
    folder: Path,
    entries: Sequence[ReviewEntry],
    *,
    second_opinions: float = 0.0,
    now: Callable[[], datetime.datetime] = lambda: NOW,
) -> Desk:
    """A desk over ``folder/decisions.jsonl``, as a start of the server makes it."""
    return Desk(
        "r",
        in_order(map(QueueItem.of, entries)),
        open_decisions(str(folder / "decisions.jsonl")),
        second_opinions,
        now,
    )
