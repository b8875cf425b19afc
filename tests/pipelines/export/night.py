"""Two scored runs whose records overlap, and decisions on them by several reviewers."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from tests.pipelines.exports import (
    MEME_LABELS,
    PAIR_LABELS,
    REVIEWERS,
    House,
    decision,
)


def memes(numbers: range) -> list[dict[str, Any]]:
    return [
        {"id": n, "img": f"{n % 10}.png", "text": f"meme number {n}", "source": f"feed {n % 3}"}
        for n in numbers
    ]


def pairs(numbers: range) -> list[dict[str, Any]]:
    return [
        {
            "id_1": str(10**18 + 2 * n),
            "text_1": f"first of {n}",
            "image_1": f"{n % 10}.png",
            "id_2": str(10**18 + 2 * n + 1),
            "text_2": f"the second text of pair {n}",
            "image_2": f"{(n + 3) % 10}.png",
            "label": "Implies",
        }
        for n in numbers
    ]


def made_up(ids: list[str], seed: int) -> list[dict[str, Any]]:
    """Decisions by several reviewers at several times, some of them useless."""
    rng = random.Random(seed)
    found = []
    for item_id in rng.sample(ids, k=len(ids) * 3 // 4):
        labels = PAIR_LABELS if ":" in item_id else MEME_LABELS
        for _ in range(rng.randint(1, 4)):
            when = f"{rng.choice(['2020', '2099'])}-01-{rng.randint(1, 28):02}T10:00:00Z"
            label = rng.choice(labels) if rng.random() < 0.9 else "perhaps"
            found.append(decision(item_id, label, rng.choice(REVIEWERS), decided_at=when))
    unknown = [decision(f"unknown {n}", "1") for n in range(5)]
    rng.shuffle(found)
    return [*found, *unknown]


class Night(House):
    """Two scored runs whose records overlap, and the moment between them."""

    first: Path
    second: Path
    between: str


def score_of(probabilities: Any, label: str) -> float:
    names = {"0": "hateful.not_hateful", "1": "hateful.hateful"}
    return float(dict(probabilities)[names.get(label, f"entailment.{label}")])
