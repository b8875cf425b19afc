"""Dead letters among a run's inputs, before the first is read: none is driven twice."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic_core import from_json

from moderation.records.dead_letters.parents import run_of
from moderation.storage import files
from moderation.storage.input_files import InputFile


def doubled(inputs: Iterable[InputFile]) -> str | None:
    """Why letters would be driven twice; None where they are not.

    A run that drove another's letters has what is left of them among its own: given both, each of
    these rows would have two outcomes.

    Raises:
        OSError: where a store does not answer.
    """
    runs = _runs(inputs)
    for run in runs:
        for parent in _parents(run):
            if parent in runs:
                return (
                    f"{run}/dead_letters holds what is left of the letters of {parent}: give the "
                    "later run's alone"
                )
    return None


def _runs(inputs: Iterable[InputFile]) -> list[str]:
    return sorted({run for file in inputs if (run := run_of(file.path))})


def _parents(run: str) -> list[str]:
    path = f"{run}/manifest.json"
    try:
        told = from_json(files.read_bytes(path)) if files.exists(path) else {}
        return [parent["path"] for parent in told.get("parents", ()) if parent["path"]]
    except (ValueError, KeyError, TypeError, AttributeError):  # no manifest of ours
        return []
