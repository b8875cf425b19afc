"""A cross-validation's scores as a file: what ``pipelines.evaluate`` takes as scores and labels."""

from __future__ import annotations

import csv
import io
import os
import shutil
from pathlib import Path
from typing import Any

from moderation.option_error import option
from moderation.storage.exchange import put_in_place
from moderation.training.cross_validate import Scored
from moderation.training.errors import TrainingError
from schemas.recipe import Recipe

FILE = "scores.csv"


def settle(output: Path, *, overwrite: bool) -> None:
    """Checks that the folder may be written.

    Raises:
        TrainingError: something is there that nobody gave up, or that is no cross-validation's.
    """
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return
    if not overwrite or not (output / FILE).is_file():
        raise TrainingError(
            f"{option('output')} {output} is there already: name another, or add "
            f"{option('overwrite')}, which replaces a cross-validation (and nothing else)"
        )


def write(scored: Scored, recipe: Recipe, output: Path) -> Path:
    """The folder with one file, in one step; returns the file.

    Columns: ``item_id, kind, task, label, group, fold``, and ``p_LABEL`` for each label.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(
        ["item_id", "kind", "task", "label", "group", "fold", *(f"p_{x}" for x in scored.labels)]
    )
    for place, item_id in enumerate(scored.item_ids):
        label = _label(scored.truth[place], scored.labels)
        group, fold = scored.groups[place].decode(), int(scored.fold[place])
        found = [repr(float(each)) for each in scored.probabilities[place]]
        rows.writerow([item_id, recipe.kind.value, recipe.task, label, group, fold, *found])
    staged = output.with_name(f"{output.name}.staged")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    (staged / FILE).write_text(text.getvalue(), encoding="utf-8")
    if output.is_dir() and not os.listdir(output):
        output.rmdir()
    put_in_place(str(staged), str(output))
    return output / FILE


def _label(truth: Any, labels: tuple[str, ...]) -> str:
    if truth.ndim == 0:
        return labels[int(truth)]
    return "|".join(label for label, has in zip(labels, truth, strict=True) if has)
