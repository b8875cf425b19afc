"""One training by two checkouts, in turns: time by clock and by processor, weights bit for bit.

    git worktree add /tmp/before COMMIT
    python -m benchmarks.training.two_checkouts --before /tmp/before --after . --rounds 3

Each side runs ``pipelines.train`` as a process of its own, with this interpreter, on the same sets:
a thousand pairs of posts with two drawings each, a few memes' words, texts with several labels.
Three epochs of a small network each. Told are the whole command and its parts: until the network
stands, the epochs, and what follows them. Processor time is of the process and of those that it
starts.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.training import sets
from benchmarks.training.watched import Spent, Took, watched
from benchmarks.training.weights import compared
from tests.pipelines.trainings import QUICK, meme_set
from tests.training import tiny

_PARTS = ("whole", "start", "epochs", "end")


@dataclass(frozen=True)
class Task:
    """A training: its set and its flags."""

    examples: Path
    flags: tuple[str, ...]


def words(folder: Path) -> Task:
    """Text alone, as many examples of each label; so few (92) that nearly all is the start."""
    balance = ("--set", "training.balance=undersample")
    return Task(meme_set(folder), (*QUICK, "--epochs", "3", *balance))


def pictures(folder: Path) -> Task:
    """Pairs with two drawings each, which are augmented; tokens and pixels by KerasHub's parts."""
    modules = tiny.Modules(folder / "modules")
    own = {"training.epochs": 3, "training.batch_size": 16}
    values = {**tiny.overrides("entailment_kerashub", modules), **own}
    flags = [f for name, at in values.items() for f in ("--set", f"{name}={json.dumps(at)}")]
    preset = ("--preset", "entailment_kerashub", "--no_progress", "--augment_images")
    return Task(sets.pairs(folder), (*preset, *flags))


def labels(folder: Path) -> Task:
    """Text alone, any number of labels a row."""
    several = ("--activation", "sigmoid", "--task", "topics", "--balance", "none")
    return Task(sets.several(folder), (*QUICK, "--epochs", "3", *several))


TASKS: dict[str, Callable[[Path], Task]] = {"words": words, "pictures": pictures, "labels": labels}


def run(checkout: Path, task: Task, output: Path) -> Took:
    """Trains once, from nothing."""
    for left in (output, output.with_name(f"{output.name}.training")):
        shutil.rmtree(left, ignore_errors=True)
    command = [sys.executable, "-m", "pipelines.train", *task.flags]
    command += ["--examples", str(task.examples), "--output", str(output)]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    return watched(command, cwd=checkout, environment=environment)


def compare(sides: tuple[Path, Path], task: Task, *, rounds: int, folder: Path) -> list[str]:
    """Lines: each part's seconds and their ratio, and whether all weights are the same."""
    took: tuple[list[Took], list[Took]] = ([], [])
    bundles = (folder / "before", folder / "after")
    told = []
    for turn in range(rounds):
        for at in (0, 1) if turn % 2 == 0 else (1, 0):
            took[at].append(run(sides[at], task, bundles[at]))
        told.append(compared(*bundles))
    parts = {part: [[getattr(each, part) for each in side] for side in took] for part in _PARTS}
    lines = [f"{part:7}{_ratios(*spent)}" for part, spent in parts.items()]
    return [*lines, *(f"weights {each}" for each in dict.fromkeys(told))]


def _ratios(before: Sequence[Spent], after: Sequence[Spent]) -> str:
    return "; ".join(
        f"{name.partition('_')[0]} {old:6.1f} → {new:5.1f} s ({new / old:.2f})"
        for name in ("clock_s", "processor_s")
        for old, new in [
            [statistics.median(getattr(each, name) for each in side) for side in (before, after)]
        ]
    )


def main() -> None:
    """Prints medians for each training."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--before", type=Path, required=True)
    parser.add_argument("--after", type=Path, default=Path())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=TASKS, help="one of the trainings")
    given = parser.parse_args()
    sides = (given.before.resolve(), given.after.resolve())
    for name in [given.only] if given.only else TASKS:
        with tempfile.TemporaryDirectory() as folder:
            task = TASKS[name](Path(folder))
            lines = compare(sides, task, rounds=given.rounds, folder=Path(folder))
            print("\n  ".join([f"{name}, {given.rounds} rounds, medians", *lines]), flush=True)


if __name__ == "__main__":
    main()
