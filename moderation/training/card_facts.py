"""The facts at the head of a trained model's card, as the Hub reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moderation.pages.front_matter import licence_facts
from schemas.card import Card, TaskSpec

_SPLIT = "test"
_NO_FIGURES = ("items", "groups", "labels")


def card_facts(card: Card) -> dict[str, Any]:
    """Licence, what the model is for, and the figures of the split that was looked at once."""
    task = card.tasks[0]
    kind = _kind_of(task)
    figures = dict(_figures(card.metrics.get(_SPLIT) or {}))
    facts: dict[str, Any] = {
        **licence_facts(card.licence),
        "pipeline_tag": kind,
        "tags": ["content-moderation", "multimodal", "tensorflow", "saved-model"],
        "metrics": sorted(figures),
    }
    if not figures:
        return facts
    data_set = ", ".join(str(each["name"]) for each in card.trained_on)
    result = {
        "task": {"type": kind, "name": task.name},
        "dataset": {"type": data_set, "name": data_set, "split": _SPLIT},
        "metrics": [{"type": name, "value": value} for name, value in figures.items()],
    }
    return {**facts, "model-index": [{"name": card.name, "results": [result]}]}


def _kind_of(task: TaskSpec) -> str:
    """The Hub's name of what it does; it has none for a text and an image together."""
    reads_text = any(spec.source in ("text", "tokens") for spec in task.inputs)
    return "text-classification" if reads_text else "image-classification"


def _figures(split: Mapping[str, Any]) -> Any:
    for name, found in split.items():
        if name not in _NO_FIGURES and found and found.get("value") is not None:
            yield name, float(found["value"])
