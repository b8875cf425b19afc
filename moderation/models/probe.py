"""A plain item that any model must be able to score.

Asked before the first real item, and again whenever no item of a batch passed:
it tells a model that is broken as a whole from items that are bad (decision 0014).
"""

from __future__ import annotations

import numpy as np

from moderation.models.targets import image_targets
from moderation.models.types import ModelItem
from schemas.card import Card
from schemas.records import TEXT_FIELDS, Kind

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
            field: _picture(target.height, target.width, tilt=number)
            for field, target in targets.items()
        }
        items.append(ModelItem(f"probe-{number}", kind, texts, images))
    return items


def _picture(
    height: int, width: int, *, tilt: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A soft gradient, uint8 ``[height, width, 3]``: neither empty nor noise."""
    down = np.linspace(40, 200, height)[:, np.newaxis, np.newaxis]
    across = np.linspace(200, 60, width)[np.newaxis, :, np.newaxis]
    tint = np.array([1.0, 0.9, 0.8] if tilt == 0 else [0.7, 0.9, 1.0])
    return np.asarray((down + across) / 2 * tint).astype(np.uint8)
