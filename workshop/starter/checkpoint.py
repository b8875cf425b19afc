"""The long stages of a build, kept until the bundle stands: one cut short goes on from them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from moderation import starter
from moderation.starter.encoder import Weights
from workshop.starter.meme_sentences import SENTENCES

_HERE = Path(__file__).resolve().parent
_OURS = (
    "train_hate", "hate_mix", "trainer", "meme_sentences", "sentences", "spelling", "group_swaps",
)  # fmt: skip
_READ = (
    "encoder", "text_rules", "spelling_rules", "spelling_lexicon", "spelling_edits",
    "spelling_paths", "spelling_graph",
)  # fmt: skip
_CODE = (
    *(_HERE / f"{name}.py" for name in _OURS),
    *(Path(starter.__file__).with_name(f"{name}.py") for name in _READ),
)


def code(*modules: str) -> tuple[Path, ...]:
    """The files of modules of this package, whose every change makes what was kept another."""
    return tuple(_HERE / f"{name}.py" for name in modules)


def once(
    folder: Path | None,
    name: str,
    given: Sequence[object],
    make: Callable[[], Weights],
    *,
    by: Sequence[Path] = (),
) -> Weights:
    """What ``make`` makes, or what it made before of the same ``given`` by the same code.

    Args:
        folder: where results are kept; None: nowhere.
        name: of the stage.
        given: everything that decides the result, by its ``repr``; arrays in full.
        make: does the work.
        by: files of code that it is made by, besides those of the hate stage.
    """
    if folder is None:
        return make()
    path = folder / f"{name}-{_digest(given, by)}.npz"
    if path.is_file():
        with np.load(path) as kept:
            return dict(kept)
    made = make()
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part.npz")
    arrays: Any = made
    np.savez(unfinished, **arrays)
    os.replace(unfinished, path)
    return made


def _digest(given: Sequence[object], by: Sequence[Path]) -> str:
    total = hashlib.sha256()
    for value in given:
        total.update(value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode())
        total.update(b"\0")
    for path in (*_CODE, *by):
        total.update(path.read_bytes())
    total.update(SENTENCES.digest().encode())
    return total.hexdigest()[:16]
