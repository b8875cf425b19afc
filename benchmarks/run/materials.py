"""What rows work on: models, pictures and records, made once and kept in the work folder."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from benchmarks.plumbing.rows import memes
from benchmarks.run.settings import Settings
from benchmarks.run.turns import ROOT

COLUMNS = ("id_1", "text_1", "image_1", "id_2", "text_2", "image_2")
LABELS = "Contradictory,Implies,NoEntailment"
_WORDS = ("rain", "over", "the", "harbour", "tonight", "bridge", "closed", "match", "won", "two")

Pair = tuple[int, int, int]
"""Number of its texts, and of its two pictures."""


def model(settings: Settings, name: str) -> Path:
    """``example`` or ``cheap``."""
    if name == "example" and settings.model:
        return settings.model
    made = settings.work / f"model-{name}"
    if not (made / "saved_model.pb").exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "benchmarks.run.build_model", name, str(made)]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return made


def vocabulary(settings: Settings) -> Path:
    """Uncased BERT's, a token a line."""
    from moderation.models.vocabulary import shipped_vocabulary

    path = settings.work / "vocab.txt"
    path.write_text("".join(f"{word}\n" for word in shipped_vocabulary()), encoding="utf-8")
    return path


def pictures(settings: Settings, count: int) -> Path:
    """A folder of that many JPEGs of 0.42 megapixels or more, ``0.jpg`` and on: soft colours under
    a grain."""
    import numpy as np
    from PIL import Image

    folder = settings.work / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"{number}.jpg"
        if path.exists():
            continue
        noise = np.random.default_rng([1, number])
        rough = Image.fromarray(noise.integers(0, 256, (14, 20, 3), dtype=np.uint8))
        smooth = np.asarray(rough.resize((800, 525), Image.Resampling.BICUBIC), dtype=np.int16)
        grain = noise.integers(-12, 12, (525, 800, 3), dtype=np.int16)
        pixels = np.clip(smooth + grain, 0, 255).astype(np.uint8)
        unfinished = path.with_suffix(".part")
        Image.fromarray(pixels).save(unfinished, "JPEG", quality=85)
        unfinished.replace(path)
    return folder


def own(first: int, rows: int) -> list[Pair]:
    """Texts and pictures of their own."""
    return [(number, 2 * number, 2 * number + 1) for number in range(first, first + rows)]


def shared(first: int, rows: int, *, by: int, seed: int = 7) -> list[Pair]:
    """Texts of their own; every picture is in ``by`` pairs, anywhere among them."""
    distinct = max(2, 2 * rows // by)
    shown = [2 * first + at % distinct for at in range(2 * rows)]
    sides = [shown[:rows], shown[rows:]]
    for at, side in enumerate(sides):
        Random(seed + at).shuffle(side)
    return [(first + at, one, other) for at, (one, other) in enumerate(zip(*sides, strict=True))]


def twice(first: int, rows: int) -> list[Pair]:
    """Half of the rows say what the row before said."""
    return [pair for pair in own(first, (rows + 1) // 2) for _ in range(2)][:rows]


def write_pairs(path: Path, pairs: Sequence[Pair], pictures: str) -> Path:
    """A CSV file; ``pictures``: what stands before their names, a folder or an origin."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number, (text, *shown) in enumerate(pairs):
            row: list[str] = []
            for side, picture in enumerate(shown, start=1):
                row += [str(10**18 + 2 * number + side), _text(text, side)]
                row += [f"{pictures}/{picture}.jpg"]
            rows.writerow(row)
    return path


def write_memes(path: Path, rows: int) -> Path:
    """A JSONL file of short memes without pictures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in memes(rows))
    return path


def write_urls(path: Path, urls: Iterable[str]) -> Path:
    """One a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{url}\n" for url in urls), encoding="utf-8")
    return path


def _text(number: int, side: int) -> str:
    words = Random(2 * number + side).choices(_WORDS, k=24)
    return f"{' '.join(words)} #{number} https://t.co/{number:x}"
