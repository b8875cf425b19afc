"""What the examples are, in counts: told, warned of, or refused before any training."""

from __future__ import annotations

from collections.abc import Sequence

from moderation.training import data
from moderation.training.errors import TrainingError


def expect_two_labels(examples: data.Examples) -> None:
    """Refuse examples that leave nothing to tell apart.

    Raises:
        TrainingError: ``val`` is empty, or ``train`` holds fewer than two labels.
    """
    kind = examples.recipe.kind.value
    if not len(examples.label_indices("val")):
        raise TrainingError(f"split 'val' holds no {kind}: take sets with more examples of it")
    if sum(count > 0 for count in data.label_counts(examples, "train")) < 2:
        raise TrainingError(
            f"split 'train' holds no two labels of {kind}, so there is nothing to tell apart: take "
            "sets with examples of every label"
        )


def untaught(labels: Sequence[str], counts: Sequence[int]) -> str | None:
    """What to warn of where labels have no example to learn from."""
    names = [repr(label) for label, count in zip(labels, counts, strict=True) if not count]
    if not names:
        return None
    return f"warning: split 'train' holds no {', '.join(names)}: no network can learn it there"


def told(examples: data.Examples) -> str:
    """One line for the log."""
    counts = data.label_counts(examples, "train")
    labels = ", ".join(
        f"{label} {count:,}" for label, count in zip(examples.labels, counts, strict=True)
    )
    rows = ", ".join(
        f"{split} {data.rows_of_kind(examples, split):,}" for split in ("train", "val", "test")
    )
    return f"examples: {rows}; of train {labels}"
