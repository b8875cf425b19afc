"""Checkpoints: after every epoch, one file with everything that the next epoch depends on.

Weights, the optimizer's state, random states and progress lie in one ``.npz`` that takes its name
only when it is whole. A killed training goes on from the last whole epoch and ends with the weights
that it would have had.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from moderation.option_error import option
from moderation.training.errors import TrainingError
from moderation.training.progress import Progress
from schemas.recipe import Recipe

LAST, BEST = "last.npz", "best.npz"
_PROGRESS, _IDENTITY = "progress", "identity"


def identity(recipe: Recipe, examples_digest: str) -> str:
    """What a checkpoint belongs to: recipe and examples."""
    return hashlib.sha256(f"{recipe.model_dump_json()}\n{examples_digest}".encode()).hexdigest()


class Checkpoints:
    """The checkpoints of one training, in one folder."""

    def __init__(self, folder: Path, *, belongs_to: str) -> None:
        self.folder = folder
        self._belongs_to = belongs_to

    @property
    def exist(self) -> bool:
        """Whether there is one to go on from."""
        return (self.folder / LAST).is_file()

    def save(self, model: Any, optimizer: Any, progress: Progress, *, best: bool) -> None:
        """Write the state after an epoch; of the best one the weights too."""
        self.folder.mkdir(parents=True, exist_ok=True)
        weights = _arrays("model", model.variables)
        if best:
            _write(self.folder / BEST, {**weights, _IDENTITY: np.array(self._belongs_to)})
        state = {
            **weights,
            **_arrays("optimizer", optimizer.variables),
            _PROGRESS: np.array(progress.to_json()),
            _IDENTITY: np.array(self._belongs_to),
        }
        _write(self.folder / LAST, state)

    def progress(self) -> Progress:
        """How far the last checkpoint is.

        Raises:
            TrainingError: it belongs to another recipe or other examples, or is broken.
        """
        with _opened(self.folder / LAST, self._belongs_to) as state:
            return Progress.from_json(str(state[_PROGRESS]))

    def restore(self, model: Any, optimizer: Any) -> None:
        """Put the last checkpoint's weights and optimizer state back."""
        with _opened(self.folder / LAST, self._belongs_to) as state:
            _assign("model", model.variables, state)
            _assign("optimizer", optimizer.variables, state)

    def restore_best(self, model: Any) -> None:
        """Put the best epoch's weights back."""
        with _opened(self.folder / BEST, self._belongs_to) as state:
            _assign("model", model.variables, state)


def _arrays(name: str, variables: Any) -> dict[str, Any]:
    return {f"{name}/{place}": np.asarray(each) for place, each in enumerate(variables)}


def _assign(name: str, variables: Any, state: Any) -> None:
    for place, variable in enumerate(variables):
        key = f"{name}/{place}"
        if key not in state:
            raise TrainingError(
                f"the checkpoint has no {name} variable {place}: it is of another version; "
                f"start anew with {option('overwrite')}"
            )
        variable.assign(state[key])


def _write(path: Path, arrays: dict[str, Any]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".npz")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _opened(path: Path, belongs_to: str) -> Any:
    try:
        state = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise TrainingError(
            f"checkpoint {path}: cannot be read: {error}; start anew with {option('overwrite')}"
        ) from error
    if str(state[_IDENTITY]) != belongs_to:
        raise TrainingError(
            f"checkpoint {path} is of another recipe or other examples: give the flags that it was "
            f"begun with, or start anew with {option('overwrite')}"
        )
    return state
