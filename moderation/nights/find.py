"""The runs in a folder, and how each stands."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic_core import from_json

from moderation.option_error import option
from moderation.runs import marker
from moderation.runs.committed import RunError
from moderation.runs.directory import RunDirectory
from moderation.runs.verify import is_run
from moderation.storage import files
from moderation.storage.patterns import expand
from moderation.storage.places import PlaceError, place, printable
from moderation.storage.stores import literally
from moderation.storage.trees import tree_of
from schemas.manifest import Manifest
from schemas.nights import NightState

_PREFIX = "run_id="
_START = "_staging/journal/start.json"


class Standing(NamedTuple):
    """A run's directory, and what is known of it before its report is read."""

    path: str
    run_id: str
    state: NightState
    why: str | None = None
    folder: str = ""
    """Where its report lies."""
    manifest: Manifest | None = None
    started_at: str | None = None


def run_folders(runs_dir: str, *, name: str) -> list[str]:
    """Directories of runs in a folder, by name.

    Args:
        runs_dir: local or remote.
        name: of the option whose value it is.

    Raises:
        RunError: there are none; the message says what to give.
    """
    shown = printable(runs_dir)
    try:
        where = place(runs_dir).rstrip("/")
        found = expand(tree_of(where), f"{literally(where)}/{_PREFIX}*")
        paths = sorted(entry.path for entry, _ in found if entry.folder)
        if paths:
            return paths
        if is_run(where):
            raise RunError(f"{option(name)} {shown!r} is one run: give the folder that it lies in")
    except PlaceError as error:
        raise RunError(f"{option(name)} {shown!r}: {error}") from error
    except OSError as error:
        raise RunError(
            f"{option(name)} {shown!r} cannot be listed: {printable(str(error))}"
        ) from error
    raise RunError(
        f"{option(name)} {shown!r} holds no runs: give the folder that pipelines.score writes to "
        f"({option('output')}), with folders {_PREFIX}… in it"
    )


def standing(path: str) -> Standing:
    """How a run stands; whatever is wrong with it is told, not raised."""
    output, _, name = path.rpartition("/")
    run_id = name.removeprefix(_PREFIX)
    try:
        manifest = marker.manifest_of(path)
    except (marker.NotAsCommitted, OSError) as error:
        return Standing(path, run_id, NightState.UNREADABLE, _line(error))
    if manifest is not None:
        return Standing(path, run_id, NightState.COMMITTED, None, path, manifest)
    directory = RunDirectory(output, run_id)
    try:
        refused = directory.refused()
        if refused is None:
            told = _start(path)
            why = "it goes on, or was stopped"
            return Standing(path, run_id, NightState.UNFINISHED, why, started_at=told)
        found = Manifest.model_validate(refused[0])
    except (OSError, ValueError, LookupError, TypeError) as error:
        return Standing(path, run_id, NightState.UNREADABLE, _line(error))
    return Standing(path, run_id, NightState.REFUSED, found.refusal, refused[1], found)


def _start(path: str) -> str | None:
    """When a run began that left nothing but its journal."""
    if not files.exists(f"{path}/{_START}"):
        return None
    told: Any = from_json(files.read_bytes(f"{path}/{_START}"))
    return str(told["started_at"])


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
