"""``python -m workshop.loop.reviewer``: plays reviewers who know the truth.

Reads the review queue of a run, looks every item up in a file of truths, and writes decisions as
``pipelines.export`` takes them. A share of the answers is wrong, as people are now and then.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

START = datetime.datetime(2026, 1, 1, 9, tzinfo=datetime.timezone.utc)
_SECONDS_A_DECISION = 20


def queue(run: Path) -> Iterator[str]:
    """Item ids of a run's review queue, in the order of its files."""
    for file in sorted(run.glob("review_queue/*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            yield from (str(json.loads(line)["item_id"]) for line in lines)


def decide(
    items: Sequence[str],
    truth: dict[str, str],
    *,
    task: str,
    labels: Sequence[str],
    reviewers: Sequence[str],
    wrong: float,
    seed: int,
) -> Iterator[dict[str, str]]:
    """One decision of every reviewer on every item.

    Raises:
        ValueError: an item has no truth.
    """
    for number, item in enumerate(items):
        if item not in truth:
            raise ValueError(f"item {item!r} of the review queue has no truth")
        for place, reviewer in enumerate(reviewers):
            random = Random(f"{seed}/{item}/{reviewer}")
            mistaken = random.random() < wrong
            others = [label for label in labels if label != truth[item]]
            seconds = _SECONDS_A_DECISION * (number * len(reviewers) + place)
            yield {
                "item_id": item,
                "task": task,
                "label": random.choice(others) if mistaken and others else truth[item],
                "reviewer": reviewer,
                "decided_at": (START + datetime.timedelta(seconds=seconds)).isoformat(),
            }


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the command line and writes the decisions."""
    parser = argparse.ArgumentParser(
        prog="python -m workshop.loop.reviewer",
        description="Answer a review queue from a file of truths.",
    )
    parser.add_argument("--run", type=Path, required=True, metavar="DIR", help="a run of score")
    parser.add_argument("--truth", type=Path, required=True, metavar="CSV", help="item_id, label")
    parser.add_argument("--task", default="hateful")
    parser.add_argument("--reviewers", default="reviewer-1,reviewer-2,reviewer-3", metavar="A,B,…")
    parser.add_argument("--wrong", type=float, default=0.03, help="share of wrong answers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True, metavar="JSONL")
    given = parser.parse_args(arguments)
    with given.truth.open(encoding="utf-8", newline="") as file:
        truth = {row["item_id"]: row["label"] for row in csv.DictReader(file)}
    items = list(queue(given.run))
    if not items:
        sys.exit(f"{given.run} has no review queue with items in it: nothing to decide")
    decisions = decide(
        items,
        truth,
        task=given.task,
        labels=sorted(set(truth.values())),
        reviewers=given.reviewers.split(","),
        wrong=given.wrong,
        seed=given.seed,
    )
    with given.output.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(decision) + "\n" for decision in decisions)


if __name__ == "__main__":
    main()
