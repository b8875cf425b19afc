"""A night with all that a night has: both kinds, copies, broken rows, pictures not there."""

from __future__ import annotations

import csv
import importlib.resources
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from tests.models.fakes import export_both_kinds
from tests.pipelines.exports import COLUMNS, MEME_LABELS, PAIR_LABELS, REVIEWERS, decision
from tests.pipelines.preprocessing import WORDS

PICTURES = 300
MEMES, PAIRS, DECISIONS = "memes.jsonl", "pairs.csv", "decisions.csv"
POLICY, MODEL = "policy.yaml", "model"


@dataclass(frozen=True)
class Night:
    """Records below a folder, here or in a store, and what people decided of them."""

    place: str
    named_model: str | None = None
    """In place of the one that lies there."""

    @property
    def model(self) -> str:
        """What scores."""
        return self.named_model or f"{self.place}/{MODEL}"

    @property
    def policy(self) -> str:
        """The rules."""
        return f"{self.place}/{POLICY}"

    @property
    def records(self) -> list[str]:
        """Both files of records, which hold labels too."""
        return [f"{self.place}/{MEMES}", f"{self.place}/{PAIRS}"]

    @property
    def decisions(self) -> str:
        """What reviewers said."""
        return f"{self.place}/{DECISIONS}"


def write(folder: Path, *, rows: int) -> None:
    """Three memes to two pairs; which row is what depends on its number alone."""
    _pictures(folder)
    export_both_kinds(folder / MODEL)
    shipped = importlib.resources.files("moderation.verdicts") / "default_policy.yaml"
    (folder / POLICY).write_bytes(shipped.read_bytes())
    memes = rows * 3 // 5
    lines = [_meme_line(n) for n in range(memes)]
    (folder / MEMES).write_text("".join(f"{line}\n" for line in lines))
    pairs = [_pair(n) for n in range(rows - memes)]
    _table(folder / PAIRS, list(pairs[0]), pairs)
    decided = [_decision(n, memes=memes, pairs=len(pairs)) for n in range(rows // 2)]
    _table(folder / DECISIONS, list(COLUMNS), decided)


def _pictures(folder: Path) -> None:
    for n in range(PICTURES):
        coarse = Image.frombytes("RGB", (8, 6), random.Random(n).randbytes(8 * 6 * 3))
        coarse.resize((40, 30), Image.Resampling.BICUBIC).save(folder / f"{n}.png")
    whole = (folder / "0.png").read_bytes()
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])


def _picture(n: int) -> str:
    """Every eleventh is not there, every thirteenth is cut off."""
    if n % 11 == 5:
        return f"gone-{n}.png"
    return "cut.png" if n % 13 == 7 else f"{n % PICTURES}.png"


def _text(n: int, seed: str) -> str:
    words = random.Random(f"{seed} {n}").choices(WORDS, k=4 + n % 9)
    return f"{' '.join(words)} {n}"


def _meme_line(n: int) -> str:
    if n % 29 == 11:
        return '{"id": broken'
    if n % 31 == 12:
        return json.dumps({"id": n, "label": 0})
    same_as = n - 9 if n % 17 == 10 else n  # what another says, under an id of its own
    return json.dumps(
        {
            "id": 10**18 + n,
            "img": _picture(same_as),
            "text": _text(same_as, "meme"),
            "label": same_as % 2 if n % 37 else "perhaps",
            "lang": ("de", "en", None)[n % 3],
        }
    )


def _pair(n: int) -> dict[str, Any]:
    same_as = n - 6 if n % 19 == 8 else n
    first = _text(same_as, "first")
    return {
        "id_1": "" if n % 41 == 9 else str(10**18 + 2 * n),
        "text_1": first,
        "image_1": _picture(2 * same_as),
        "id_2": str(10**18 + 2 * n + 1),
        "text_2": f"{first} !" if n % 5 == 0 else _text(same_as, "second"),
        "image_2": _picture(2 * same_as + 1),
        "label": PAIR_LABELS[same_as % 3],
        "lang": ("fr", "en")[n % 2],
    }


def _decision(n: int, *, memes: int, pairs: int) -> dict[str, Any]:
    rng = random.Random(f"decision {n}")
    label = "perhaps" if n % 23 == 4 else None
    when = f"2099-01-{rng.randint(1, 28):02}T10:00:00Z"
    if n % 2:
        item, labels = str(10**18 + rng.randrange(memes)), MEME_LABELS
    else:
        number = rng.randrange(pairs)
        item, labels = f"{10**18 + 2 * number}:{10**18 + 2 * number + 1}", PAIR_LABELS
    return decision(item, label or rng.choice(labels), rng.choice(REVIEWERS), decided_at=when)


def _table(path: Path, columns: list[str], rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
