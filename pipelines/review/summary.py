"""What the terminal says of a review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from moderation.review.queue.items import QueueItem
from pipelines.command.summary_lines import many
from schemas.policy import CLEAR_SAMPLE, FLAG_SAMPLE

_SAMPLES = {CLEAR_SAMPLE: "clear", FLAG_SAMPLE: "flagged"}


def queue_line(run_id: str, items: Iterable[QueueItem], *, decided: int) -> str:
    """How long the queue is, and of what."""
    strata = Counter(item.stratum.partition(":")[0] for item in items)
    total = sum(strata.values())
    samples = [f"{strata[name]:,} of the {told}" for name, told in _SAMPLES.items() if strata[name]]
    of = f", {' and '.join(samples)} as a sample" if samples else ""
    return f"run {run_id}: {many(total, 'item')} for people{of}; {decided:,} decided"


def stopped(path: str) -> str:
    """What is safe when the server is stopped."""
    return f"every decision is in {path}; the same command goes on"


def torn_line(path: str, torn: int) -> str:
    """What became of a line that a crash left."""
    return (
        f"the last line of {path} was not written to its end, and is no decision: its {torn:,} "
        f"bytes lie in {path}.torn now"
    )
