"""Rows of the join, made by hand."""

from __future__ import annotations

from typing import Any

from moderation.exports.decisions import DecisionRow
from moderation.exports.input_rows import RecordRow, VerdictRow

ENTAILMENT = ("Contradictory", "Implies", "NoEntailment")


def verdict(item_id: str = "1", *, p: float = 0.9, run: int = 0, **changes: Any) -> VerdictRow:
    """A meme's verdict; ``p`` that it is hateful."""
    row = VerdictRow(
        item_id=item_id,
        run=run,
        source=0,
        row=1,
        kind="meme",
        content_key="c" * 32,
        scored_at="2026-01-01T00:00:00.000+00:00",
        decision="flag",
        tasks={"hateful": [("not_hateful", 1 - p), ("hateful", p)]},
        images=[],
    )
    return row._replace(**changes)


def pair_verdict(
    scores: tuple[float, float, float] = (0.7, 0.2, 0.1), **changes: Any
) -> VerdictRow:
    """A tweet pair's verdict."""
    tasks = {"entailment": list(zip(ENTAILMENT, scores, strict=True))}
    return verdict("1:2", kind="tweet_pair", tasks=tasks)._replace(**changes)


def said(label: str, reviewer: str = "a", at: str = "2026-02-01", **changes: Any) -> DecisionRow:
    """A decision on the meme above."""
    row = DecisionRow("1", "hateful", label, reviewer, f"{at}T00:00:00.000000+00:00", "d.jsonl", 1)
    return row._replace(**changes)


def record(**extras: Any) -> RecordRow:
    """The meme above."""
    return RecordRow("1", 0, 1, "meme", "c" * 32, {"id": "1", "text": "t"}, {}, None, extras)
