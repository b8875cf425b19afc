"""What the comparison trains on: pairs of posts with drawings, and texts, all made up on the spot.

Words are lower-case ASCII, which every tokenizer of a BERT splits alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image, ImageDraw

from tests.pipelines.trainings import SIDE, preprocessed

PAIRS, TEXTS = 1_000, 1_600
_SPLITS = ("--splits", "train=0.7,val=0.2,test=0.1", "--group_by", "none")
_LABELS = ("Contradictory", "Implies", "NoEntailment")
_TOPICS = ("cats", "dogs", "rain")
_SYLLABLES = ("ba", "de", "ki", "lo", "mu", "na", "po", "ri", "sa", "tu", "ve", "zo")
_SHAPES = ("ellipse", "rectangle", "line")


def pairs(folder: Path, *, rows: int = PAIRS) -> Path:
    """A committed set: each label has its own word in the second text, and its own shape."""
    random = Random(11)
    return preprocessed(folder, [_pair(folder, each, random) for each in range(rows)], *_SPLITS)


def several(folder: Path, *, rows: int = TEXTS) -> Path:
    """A committed set of texts with any number of labels: those whose words they hold."""
    random = Random(13)
    records = [_several(each, random) for each in range(rows)]
    return preprocessed(folder, records, *_SPLITS, "--multi_label", "--columns", "label=topics")


def _pair(folder: Path, number: int, random: Random) -> Mapping[str, Any]:
    label = random.randrange(len(_LABELS))
    told = _sentence(random)
    return {
        "id_1": f"a{number}", "text_1": told,
        "id_2": f"b{number}", "text_2": f"{('no', 'so', 'then')[label]} {_sentence(random)}",
        "image_1": _drawing(folder / f"{number}_1.png", random, shape=random.choice(_SHAPES)),
        "image_2": _drawing(folder / f"{number}_2.png", random, shape=_SHAPES[label]),
        "label": _LABELS[label],
    }  # fmt: skip


def _several(number: int, random: Random) -> Mapping[str, Any]:
    held = [topic for topic in _TOPICS if random.random() < 0.4]
    text = " ".join([_sentence(random), *held, _sentence(random)])
    return {"id": str(number), "img": None, "text": text, "topics": held}


def _sentence(random: Random) -> str:
    words = ("".join(random.choices(_SYLLABLES, k=random.randint(1, 3))) for _ in range(8))
    return " ".join(words)


def _drawing(path: Path, random: Random, *, shape: str) -> str:
    """Three figures of a shape, each somewhere in some colour, on some ground."""
    image = Image.new("RGB", (2 * SIDE, 2 * SIDE), _colour(random))
    draw = ImageDraw.Draw(image)
    for _ in range(3):
        left, top = random.randrange(SIDE), random.randrange(SIDE)
        box = (left, top, left + random.randint(8, SIDE), top + random.randint(8, SIDE))
        getattr(draw, shape)(box, fill=_colour(random))
    image.save(path)
    return str(path)


def _colour(random: Random) -> tuple[int, int, int]:
    return random.randrange(256), random.randrange(256), random.randrange(256)
