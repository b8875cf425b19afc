"""The card of a trained model: what it is, what it learnt from, how good it is."""

from __future__ import annotations

import importlib.metadata
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from moderation.training.data import Examples, label_counts, rows_of_kind
from moderation.training.network import Network, image_fields, raw_inputs, text_fields
from moderation.training.policy import card_labels
from moderation.training.progress import Progress
from moderation.training.recipes import load_recipe, preset_names
from moderation.training.threshold_facts import ThresholdFacts
from schemas.card import Calibration, Card, FeaturesSpec, InputSpec, TaskSpec
from schemas.recipe import Recipe

_LIBRARIES = ("tensorflow", "keras", "keras-hub", "tensorflow-text", "tensorflow-hub", "numpy")


@dataclass(frozen=True)
class Found:
    """What training, calibration and assessment gave."""

    progress: Progress
    calibration: Calibration
    thresholds: Mapping[str, float]
    threshold_rule: str
    threshold_facts: Mapping[str, ThresholdFacts]
    metrics: Mapping[str, Any]
    """By split: ``evaluate``'s card figures; and ``reliability`` before and after calibration."""
    wall_time_s: float
    licence: str
    version: str
    recipe: Mapping[str, Any]
    """As ``public_recipe`` tells it."""


def make_card(
    network: Network,
    examples: Examples,
    found: Found,
    *,
    inputs: tuple[InputSpec, ...],
    output: str,
    features: FeaturesSpec | None,
) -> Card:
    """Everything that a run and a reader need to know."""
    recipe = network.recipe
    names = card_labels(recipe.task, network.labels)
    by_name = dict(zip(network.labels, names, strict=True))
    missing = examples.has_missing_images("train")
    trained_without = recipe.training.modality_dropout > 0 or missing
    task = TaskSpec(
        name=recipe.task,
        kind=recipe.kind,
        signature="serving_default",
        inputs=inputs,
        output=output,
        labels=names,
        activation="none" if recipe.activation == "softmax" else "sigmoid",
        calibration=found.calibration,
        thresholds={by_name.get(label, label): at for label, at in found.thresholds.items()},
        missing_images="zeros" if trained_without else "dead_letter",
        features=features,
    )
    return Card(
        name=recipe.name,
        version=found.version,
        description=describe(recipe, found.recipe),
        licence=found.licence,
        tasks=(task,),
        text_preprocessing=network.text_preprocessing,
        trained_on=_trained_on(examples, names),
        never_seen=_never_seen(network, trained_without),
        metrics=dict(found.metrics),
        limitations=_limitations(network, examples),
        training=_training(network, examples, found),
        needs_tensorflow_text=network.needs_tensorflow_text,
        golden_items=True,
    )


def describe(recipe: Recipe, public: Mapping[str, Any]) -> str:
    """What it is; with parts that are not the preset's, by these parts and not by its words.

    Args:
        recipe: what was trained.
        public: the same as ``public_recipe`` tells it.
    """
    alone = {"text": " Variant: by the text alone.", "image": " Variant: by the images alone."}
    others = other_parts(recipe)
    if not others and recipe.modalities == "both":
        return recipe.description
    question = re.split(r"(?<=[.?]) ", recipe.description)[0]
    if "fusion" in others and not question.endswith("?"):
        question = f"After the preset {recipe.name}."
    parts = [f"fusion {recipe.fusion.name}"]
    if recipe.image and recipe.modalities != "text":
        parts.insert(0, f"images by {public['image']['uri']}")
    if recipe.text and recipe.modalities != "image":
        parts.insert(0, f"text by {public['text']['uri']}")
    told = f"{question} {', '.join(parts)}.{alone.get(recipe.modalities, '')}"
    return f"{told} Unlike the preset {recipe.name}: {', '.join(others)}." if others else told


def other_parts(recipe: Recipe) -> list[str]:
    """What a description that speaks of the preset's parts does not hold for."""
    if recipe.name not in preset_names():
        return []
    usual = load_recipe(recipe.name)
    parts = {
        "text encoder": (recipe.text, usual.text, recipe.modalities != "image"),
        "image encoder": (recipe.image, usual.image, recipe.modalities != "text"),
    }
    found = [
        name
        for name, (its, preset, used) in parts.items()
        if used and its and preset and its.uri != preset.uri
    ]
    return [*found, *["fusion"] * (recipe.fusion.name != usual.fusion.name)]


def _trained_on(examples: Examples, names: tuple[str, ...]) -> tuple[dict[str, Any], ...]:
    counts = dict(zip(names, label_counts(examples, "train"), strict=True))
    return tuple(
        {
            "name": info.run_id,
            "rows": rows_of_kind(replace(examples, paths=(path,), infos=(info,)), "train"),
            "content_digest": info.content_digest,
            "shards": {
                shard.path: shard.sha256
                for split in ("train", "val")
                if split in info.splits
                for shard in info.splits[split].shards
            },
            "labels_of_all_sets": counts,
        }
        for path, info in zip(examples.paths, examples.infos, strict=True)
    )


def _never_seen(network: Network, trained_without: bool) -> tuple[str, ...]:
    recipe = network.recipe
    told = []
    if not image_fields(recipe):
        told.append("Any image: it judges by the text alone.")
    elif not trained_without:
        told.append("An item without its images: such items become dead letters.")
    if not text_fields(recipe):
        told.append("Any text: it judges by the images alone.")
    told.append("Labels other than those listed, and kinds of posts that its examples do not hold.")
    return tuple(told)


def _limitations(network: Network, examples: Examples) -> tuple[str, ...]:
    labels = label_counts(examples, "train")
    told = [
        f"It learnt from {sum(labels):,} examples, {min(labels):,} of its rarest label; figures "
        "hold for items of the same kind.",
        "Not for decisions about people without a person.",
    ]
    return tuple(told)


def _training(network: Network, examples: Examples, found: Found) -> dict[str, Any]:
    return {
        "recipe": dict(found.recipe),
        "examples_digest": examples.digest,
        "epochs": found.progress.epoch,
        "best_epoch": found.progress.best_epoch,
        "history": found.progress.history,
        "threshold_rule": found.threshold_rule,
        "thresholds": {
            label: {**facts.as_card(), "warning": facts.warning(label)}
            for label, facts in found.threshold_facts.items()
        },
        "ended": found.progress.ended(network.recipe.training),
        "resumed_after": list(found.progress.resumed_after),
        "parameters": int(network.model.count_params()),
        "inputs": [raw.name for raw in raw_inputs(network.recipe)],
        "wall_time_s": round(found.wall_time_s, 1),
        "versions": {"python": platform.python_version(), **_versions()},
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
