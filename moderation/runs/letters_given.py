"""Dead letters among a run's inputs, looked at before the first is read: none is driven twice."""

from __future__ import annotations

from collections.abc import Iterable

from moderation.records.dead_letters.parents import run_of
from moderation.runs import marker
from moderation.storage.input_files import InputFile
from schemas.manifest import Manifest


def why_not(inputs: Iterable[InputFile]) -> str | None:
    """Why letters are not to be driven; None where nothing speaks against it.

    A run that drove another's letters has what is left of them among its own: given both, each of
    these rows would have two outcomes. So it would be with files that lie in a committed run and
    are none of it, as of a start that was ended after another took its place.

    Raises:
        OSError: where a store does not answer.
    """
    files: dict[str, list[str]] = {}
    for file in inputs:
        if run := run_of(file.path):
            files.setdefault(run, []).append(file.path)
    for run, paths in sorted(files.items()):
        try:
            manifest = marker.manifest_of(run)
        except marker.NotAsCommitted as error:
            return f"{run} is not as it was committed: {error}"
        if manifest and (why := _why_not(run, manifest, paths, given=files)):
            return why
    return None


def _why_not(run: str, manifest: Manifest, paths: list[str], *, given: Iterable[str]) -> str | None:
    named = {f"{run}/{entry.path}" for entry in manifest.outputs}
    if strange := sorted(set(paths) - named):
        return f"{strange[0]} is no file of the run that was committed there: delete it"
    for parent in manifest.parents:
        if parent.path and parent.path in set(given):
            return (
                f"{run}/dead_letters holds what is left of the letters of {parent.path}: give the "
                "later run's alone"
            )
    return None
