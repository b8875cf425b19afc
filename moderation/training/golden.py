"""Golden items of a bundle: validation examples and what Keras said of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from moderation.models.golden import DEFAULT_TOLERANCE, write_golden
from moderation.models.outputs import calibrate
from moderation.models.types import ModelItem, Scores
from moderation.training.batches import raw_batches
from moderation.training.data import Examples
from moderation.training.epoch_figures import probabilities
from moderation.training.network import Network, RawInput, raw_inputs
from moderation.training.policy import card_labels
from schemas.card import Calibration

ITEMS = 6
SAME = 1e-4
"""How far the exported file may lie from Keras, absolute, on the machine that made it."""


class Golden:
    """A handful of validation examples with the network's own scores."""

    def __init__(self, network: Network, examples: Examples, calibration: Calibration) -> None:
        raw = next(iter(raw_batches(examples, split="val", batch_size=ITEMS)))
        logits = network.model(network.prepare(_inputs(raw)), training=False)
        found = probabilities(np.asarray(logits), activation=network.recipe.activation)
        calibrated = calibrate(found, calibration)
        self._task = network.recipe.task
        self._labels = {self._task: card_labels(self._task, network.labels)}
        rows = range(len(calibrated))
        self._items = [_item(network, raw, row) for row in rows]
        self._scores = [Scores({self._task: tuple(calibrated[row].tolist())}) for row in rows]

    def write(self, bundle: Path, *, tensorflow: str, tolerance: float = DEFAULT_TOLERANCE) -> None:
        """``canary.json`` into the bundle."""
        write_golden(
            bundle,
            self._items,
            self._scores,
            tensorflow=tensorflow,
            labels=self._labels,
            tolerance=tolerance,
        )


def _inputs(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if name not in ("label_index", "labels")}


def _item(network: Network, raw: Mapping[str, Any], row: int) -> ModelItem:
    inputs = raw_inputs(network.recipe)
    texts = {
        each.field: raw[each.name][row].numpy().decode("utf-8", "replace")
        for each in inputs
        if each.source == "text"
    }
    images = {
        each.field: raw[each.name][row].numpy()
        for each in inputs
        if each.source == "image" and _present(raw, each, row)
    }
    return ModelItem(f"val-{row}", network.recipe.kind, texts, images)


def _present(raw: Mapping[str, Any], image: RawInput, row: int) -> bool:
    return bool(float(raw[f"{image.name}_present"][row]) > 0)
