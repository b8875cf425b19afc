"""The golden items of the starter: what every copy of the bundle must say of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.models.golden import write_golden
from moderation.models.outputs import calibrate
from moderation.models.types import ModelItem, Scores
from schemas.card import Card, InputSpec, TaskSpec
from schemas.records import Kind
from workshop.starter.model import StarterModel
from workshop.starter.pictures import SIDE

Array = np.ndarray[Any, Any]

_MEMES = (
    ("plain hate", "these people are vermin and should be driven out of the country"),
    ("everyday talk", "Rain all day, so it is soup and a book for me 📚"),
    ("emoji and entities", "I &lt;3 my neighbours 🏳️‍🌈 &amp; their dog!!! https://t.co/x"),
    ("no text", ""),
    ("spelt astray", "th ese poeple are verrmin and shouldbe d r i v e n out"),
)
_PAIRS = (
    ("other numbers", "5 new cases in the city today", "12 new cases in the city today"),
    ("the same twice", "The bridge is open again.", "The bridge is open again."),
    ("the opposite", "The lighthouse has been repaired", "The lighthouse was never repaired"),
    ("said otherwise", "Our flight is delayed by an hour", "The flight is late"),
    ("nothing in common", "Good morning from the harbour!", "The minister resigned on Monday"),
)


def write(bundle: Path, card: Card, model: StarterModel) -> None:
    """``canary.json``: texts with and without pictures, scored by ``model`` as it was trained."""
    items = [*_memes(), *_pairs()]
    scores = [_scored(item, card, model) for item in items]
    labels = {task.name: task.labels for task in card.tasks}
    write_golden(bundle, items, scores, tensorflow=tf.__version__, labels=labels)


def _memes() -> list[ModelItem]:
    return [
        ModelItem(name, Kind.MEME, {"text": text}, {"img": _picture(number)} if number % 2 else {})
        for number, (name, text) in enumerate(_MEMES)
    ]


def _pairs() -> list[ModelItem]:
    return [
        ModelItem(
            name,
            Kind.TWEET_PAIR,
            {"text_1": first, "text_2": second},
            {"image_1": _picture(number), "image_2": _picture(number)} if number % 2 else {},
        )
        for number, (name, first, second) in enumerate(_PAIRS)
    ]


def _picture(seed: int) -> Array:
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
    return coarse.repeat(SIDE // 8, axis=0).repeat(SIDE // 8, axis=1)


def _scored(item: ModelItem, card: Card, model: StarterModel) -> Scores:
    found = {}
    for task in card.tasks_for(item.kind):
        fed = {spec.name: _fed(spec, item) for spec in task.inputs}
        raw = getattr(model, task.signature)(**fed)[task.output].numpy()
        found[task.name] = tuple(_calibrated(raw, task))
    return Scores(found)


def _calibrated(raw: Array, task: TaskSpec) -> list[float]:
    return [float(p) for p in calibrate(raw, task.calibration)[0]]


def _fed(spec: InputSpec, item: ModelItem) -> Any:
    field = spec.fields[0]
    if spec.source == "text":
        return tf.constant([item.texts[field]])
    if spec.source == "presence":
        return tf.constant([float(field in item.images)])
    return tf.constant(item.images.get(field, np.zeros((SIDE, SIDE, 3), np.uint8))[None])
