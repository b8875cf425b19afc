"""What the examples are, in counts: told, warned of, or refused before any training."""

from __future__ import annotations

from collections.abc import Sequence

from moderation.option_error import option
from moderation.training import data
from moderation.training.errors import TrainingError, TrainingWarning

_WHY_NOT = "stats.json of the sets says under 'images' what became of them"


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


def expect_pictures(examples: data.Examples) -> TrainingWarning | None:
    """Refuse a network that looks at images alone where no example has one.

    Returns:
        What to warn of where most examples lack every image that the recipe looks at.

    Raises:
        TrainingError: the recipe looks at nothing else, and ``train`` or ``val`` has none.
    """
    recipe = examples.recipe
    if recipe.modalities == "text":
        return None
    for split in ("train", "val"):
        rows, having = data.rows_of_kind(examples, split), examples.with_an_image(split)
        if not having and recipe.modalities == "image":
            raise TrainingError(
                f"none of the {rows:,} examples of split {split!r} has an image, and "
                f"{option('modalities')} image looks at nothing else: {_WHY_NOT}"
            )
        if having < rows / 2:
            return TrainingWarning(
                f"warning: {having:,} of {rows:,} examples of split {split!r} have an image; the "
                f"network learns of the others by their texts alone: {_WHY_NOT}"
            )
    return None


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
