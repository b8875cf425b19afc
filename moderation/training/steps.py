"""Steps of an epoch: how many batches there are, and how many of them make one step."""

from __future__ import annotations

import math
from typing import Any

from moderation.option_error import option
from moderation.training.batches import multiplicity
from moderation.training.data import Examples
from moderation.training.errors import TrainingWarning
from schemas.recipe import Recipe, TrainingSpec


def batches_per_epoch(indices: Any, training: TrainingSpec) -> int:
    """Batches of one epoch.

    Args:
        indices: int ``[rows]``, the label of each training example.
        training: batch size and balance.
    """
    rows = int(multiplicity(indices, balance=training.balance, seed=0).sum())
    return math.ceil(rows / training.batch_size)


def whole_steps(examples: Examples) -> tuple[Recipe, TrainingWarning | None]:
    """The recipe, with a step an epoch at the least; and what to warn of where that changed it.

    With more batches to accumulate than an epoch has, epochs would end, be measured, and use up the
    patience of early stopping without a single step.
    """
    recipe = examples.recipe
    batches = batches_per_epoch(examples.label_indices("train"), recipe.training)
    wanted = recipe.training.accumulate
    if not 0 < batches < wanted:
        return recipe, None
    training = recipe.training.model_copy(update={"accumulate": batches})
    return recipe.model_copy(update={"training": training}), TrainingWarning(
        f"warning: an epoch has {batches:,} batches, fewer than the {wanted:,} that make a step: "
        f"going on with {option('accumulate')} {batches}"
    )
