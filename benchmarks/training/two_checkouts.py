"""One training by two checkouts, in turns: time by clock and by processor, weights bit for bit.

    git worktree add /tmp/before COMMIT
    python -m benchmarks.training.two_checkouts --before /tmp/before --after . --rounds 3

Each side runs ``pipelines.train`` as a process of its own, with this interpreter, on the same small
sets: words alone, pairs with pictures, several labels. Processor time is of the process and of
those that it starts.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.pipelines.trainings import QUICK, meme_set, pair_set, preprocessed
from tests.training import tiny

_WEIGHTS = "variables/variables.data-00000-of-00001"


@dataclass(frozen=True)
class Task:
    """A training: its set and its flags."""

    examples: Path
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Took:
    """What one run cost."""

    clock_s: float
    processor_s: float
    weights: bytes


def words(folder: Path) -> Task:
    """Text alone, as many examples of each label."""
    balance = ("--set", "training.balance=undersample")
    return Task(meme_set(folder), (*QUICK, "--epochs", "3", *balance))


def pictures(folder: Path) -> Task:
    """Pairs with pictures, which are augmented; tokens and pixels by KerasHub's parts."""
    modules = tiny.make_modules(folder / "modules")
    values = {**tiny.overrides("entailment_kerashub", modules), "training.epochs": 3}
    flags = [f for name, at in values.items() for f in ("--set", f"{name}={json.dumps(at)}")]
    preset = ("--preset", "entailment_kerashub", "--no_progress", "--augment_images")
    return Task(pair_set(folder), (*preset, *flags))


def labels(folder: Path) -> Task:
    """Text alone, any number of labels a row."""
    flags = ("--multi_label", "--columns", "label=topics")
    several = ("--activation", "sigmoid", "--task", "topics")
    examples = preprocessed(folder, _several(), *flags)
    return Task(examples, (*QUICK, "--epochs", "3", *several))


TASKS = {"words": words, "pictures": pictures, "labels": labels}


def _several() -> list[Mapping[str, Any]]:
    topics = ("cats", "dogs", "rain")
    return [
        {
            "id": str(row),
            "img": None,
            "text": f"{' and '.join(held) or 'nothing'} on day {row}",
            "topics": list(held),
        }
        for row in range(120)
        for held in [tuple(each for at, each in enumerate(topics) if row >> at & 1)]
    ]


def run(checkout: Path, task: Task, folder: Path) -> Took:
    """Trains once; the bundle is removed."""
    output = folder / "model"
    command = [sys.executable, "-m", "pipelines.train", *task.flags]
    command += ["--examples", str(task.examples), "--output", str(output)]
    before, began = _processor_s(), time.monotonic()
    done = subprocess.run(
        command, cwd=checkout, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(checkout)},
    )  # fmt: skip
    clock_s, processor_s = time.monotonic() - began, _processor_s() - before
    if done.returncode:
        raise SystemExit(f"{checkout}: ended with {done.returncode}:\n{done.stderr[-2000:]}")
    weights = (output / _WEIGHTS).read_bytes()
    shutil.rmtree(output)
    shutil.rmtree(output.with_name("model.training"))
    return Took(clock_s, processor_s, weights)


def _processor_s() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def compare(sides: tuple[Path, Path], task: Task, *, rounds: int, folder: Path) -> str:
    """One line: ratios of the two, and whether all weights are the same."""
    took: tuple[list[Took], list[Took]] = ([], [])
    for turn in range(rounds):
        for at in (0, 1) if turn % 2 == 0 else (1, 0):
            took[at].append(run(sides[at], task, folder))
    same = len({each.weights for side in took for each in side}) == 1
    told = []
    for name in ("clock_s", "processor_s"):
        old, new = ([getattr(each, name) for each in side] for side in took)
        told.append(
            f"{name} min {min(old):.1f} → {min(new):.1f} ({min(new) / min(old):.2f}), median "
            f"{statistics.median(old):.1f} → {statistics.median(new):.1f} "
            f"({statistics.median(new) / statistics.median(old):.2f})"
        )
    return f"{'; '.join(told)}; weights {'the same' if same else 'DIFFER'}"


def main() -> None:
    """Prints a line for each training."""
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
            print(f"{name}: {compare(sides, task, rounds=given.rounds, folder=Path(folder))}")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
