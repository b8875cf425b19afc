"""A plain item that any model must be able to score.

Asked before the first real item, and again whenever no item of a batch passed:
it tells a model that is broken as a whole from items that are bad (decision 0014).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from moderation.models.golden import DEFAULT_TOLERANCE
from moderation.models.halving import Tally
from moderation.models.targets import image_targets
from moderation.models.types import ItemFailure, ModelError, ModelItem
from schemas.card import Card
from schemas.records import TEXT_FIELDS, Kind

if TYPE_CHECKING:
    from moderation.models.scorer import Scorer

_TEXTS = (
    "The bridge over the river is open again since this morning.",
    "Since this morning nobody can cross the river: the bridge is closed.",
)


def probe_items(card: Card, kind: Kind) -> list[ModelItem]:
    """Two different items with every text and every image that the model takes."""
    fields = TEXT_FIELDS[kind]
    targets = image_targets(card, kind)
    items = []
    for number in range(2):
        texts = {field: _TEXTS[(at + number) % 2] for at, field in enumerate(fields)}
        images = {
            field: _picture(target.height, target.width, tilt=(at + number) % 2)
            for at, (field, target) in enumerate(targets.items())
        }
        items.append(ModelItem(f"probe-{number}", kind, texts, images))
    return items


def expect_alike(in_two_steps: Scorer, whole: Scorer, *, card: Card, kind: Kind) -> None:
    """Scores plain items both ways that the card says, with and without images.

    Raises:
        ModelError: what comes out differs by more than golden items may. In float32 both agree to
            1e-5; layers that compute in bfloat16 round in other places.
    """
    items = probe_items(card, kind)
    items += [ModelItem(f"{item.content_key}-blind", kind, item.texts) for item in items]
    pairs = zip(
        items,
        *(
            scorer.score(items, batch_size=len(items), tally=Tally())
            for scorer in (in_two_steps, whole)
        ),
        strict=True,
    )
    for item, one, other in pairs:
        if isinstance(one, ItemFailure) or isinstance(other, ItemFailure):
            continue  # whether the model works at all is asked elsewhere
        for task in card.tasks_for(kind):
            ours, theirs = one.probabilities[task.name], other.probabilities[task.name]
            if max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) > DEFAULT_TOLERANCE:
                raise ModelError(
                    f"model {card.name}: task {task.name!r} says {_shown(ours)} of "
                    f"{item.content_key!r} in the two steps of its card's 'features', and "
                    f"{_shown(theirs)} by signature {task.signature!r}; leave 'features' out "
                    "of card.json, or export the model again"
                )


def _shown(values: Sequence[float]) -> str:
    return f"[{', '.join(f'{value:.4f}' for value in values)}]"


def _picture(
    height: int, width: int, *, tilt: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A soft gradient, uint8 ``[height, width, 3]``: neither empty nor noise."""
    down = np.linspace(40, 200, height)[:, np.newaxis, np.newaxis]
    across = np.linspace(200, 60, width)[np.newaxis, :, np.newaxis]
    tint = np.array([1.0, 0.9, 0.8] if tilt == 0 else [0.7, 0.9, 1.0])
    return np.asarray((down + across) / 2 * tint).astype(np.uint8)
