"""How far reviewers agree: Krippendorff's alpha over patterns of votes.

An item's votes matter by their pattern alone (``Implies 2, NoEntailment 1``), and there are few
patterns however many items there are; a tally counts them, and the library sees them written out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from moderation.audit.tally import Tally
from schemas.export import Agreement

_FAMILY = "agreement"


def count_votes(tally: Tally, task: str, votes: Mapping[str, int]) -> None:
    """Count one item's votes; ties count too, an item that one person saw says nothing."""
    if sum(votes.values()) >= 2:
        tally.add(_FAMILY, task, json.dumps(sorted(votes.items())))


def agreement_by_task(tally: Tally) -> list[Agreement]:
    """One entry for each task on which two reviewers met."""
    patterns: dict[str, list[tuple[list[tuple[str, int]], int]]] = {}
    for (task, pattern), items in tally.family(_FAMILY).items():
        patterns.setdefault(task, []).append((json.loads(pattern), items))
    return [_agreement(task, found) for task, found in sorted(patterns.items())]


def _agreement(task: str, patterns: list[tuple[list[tuple[str, int]], int]]) -> Agreement:
    from nltk.metrics.agreement import AnnotationTask

    labels = {label for votes, _ in patterns for label, _ in votes}
    alpha = None
    if len(labels) > 1:
        alpha = round(float(AnnotationTask(data=_written_out(patterns)).alpha()), 6)
    return Agreement(
        task=task,
        items=sum(items for _, items in patterns),
        decisions=sum(items * sum(count for _, count in votes) for votes, items in patterns),
        unanimous=sum(items for votes, items in patterns if len(votes) == 1),
        krippendorff_alpha=alpha,
    )


def _written_out(
    patterns: list[tuple[list[tuple[str, int]], int]],
) -> Iterator[tuple[int, int, str]]:
    """``(reviewer, item, label)`` as the library takes them; who is who does not enter alpha."""
    item = 0
    for votes, items in patterns:
        for _ in range(items):
            reviewer = 0
            for label, count in votes:
                for _ in range(count):
                    yield reviewer, item, label
                    reviewer += 1
            item += 1
