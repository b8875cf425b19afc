"""The files of journals by their names alone, and which runs have a journal and no commit."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable

from moderation.runs.directory import RunDirectory
from moderation.storage import files
from moderation.storage.stores import literally
from schemas.precision import Precision

_NAME = re.compile(r"(?P<content>[0-9a-f]{32})-(?P<model>[0-9a-f]{8})-(?P<entries>\d+)\.arrow")
_START = "start.json"


def name_of(data: bytes, *, model_fingerprint: str, entries: int) -> str:
    """What a file of a journal is called: what it holds can be held against it."""
    content = hashlib.blake2b(data, digest_size=16).hexdigest()
    return f"{content}-{_short(model_fingerprint)}-{entries}.arrow"


def answers_to(data: bytes, path: str) -> bool:
    """Whether a file's content is what its name says."""
    return _base(path).startswith(hashlib.blake2b(data, digest_size=16).hexdigest())


def journal_files(folder: str) -> list[str]:
    """Whole files of a journal; drafts that a killed start left are none."""
    return [path for path in files.list_files(folder) if _NAME.fullmatch(_base(path))]


def judged_items(folder: str) -> int:
    """Items in a journal, whichever model judged them; one that is there twice counts twice."""
    return sum(_by_model(folder).values())


def judged_by(folder: str, model_fingerprint: str) -> tuple[int, int]:
    """Items in a journal that this model judged, and those that others did."""
    models = _by_model(folder)
    own = models[_short(model_fingerprint)]
    return own, models.total() - own


def note_start(
    directory: RunDirectory, started_at: str, precision: Precision = Precision.FLOAT32
) -> None:
    """Write down that a start of the run began, for ``newest_unfinished`` and ``begun_in``."""
    start = {"run_id": directory.run_id, "started_at": started_at, "precision": precision.value}
    files.write_bytes(f"{directory.journal}/{_START}", json.dumps(start).encode() + b"\n")


def begun_in(folder: str) -> Precision | None:
    """What the last start computed in that wrote to a journal; None where there was none."""
    path = f"{folder}/{_START}"
    if not files.exists(path):
        return None
    return Precision(json.loads(files.read_bytes(path)).get("precision", Precision.FLOAT32))


def newest_unfinished(output: str) -> RunDirectory | None:
    """The run of a folder that began last, of those that did not commit; None where none is."""
    begun = []
    for path in _starts(output):
        start = json.loads(files.read_bytes(path))
        directory = RunDirectory(output, start["run_id"])
        if not directory.committed:
            begun.append((start["started_at"], directory.run_id, directory))
    return max(begun)[-1] if begun else None


def _starts(output: str) -> Iterable[str]:
    below = f"_staging/journal/{_START}"
    if files.is_remote(output):
        from apache_beam.io.filesystems import FileSystems

        pattern = f"{literally(output.rstrip('/'))}/run_id=*/{below}"
        return [found.path for found in FileSystems.match([pattern])[0].metadata_list]
    if not os.path.isdir(output):
        return []
    runs = (entry.path for entry in os.scandir(output) if entry.name.startswith("run_id="))
    return [path for run in runs if os.path.isfile(path := f"{run}/{below}")]


def _by_model(folder: str) -> Counter[str]:
    models = Counter[str]()
    for path in journal_files(folder):
        if found := _NAME.fullmatch(_base(path)):
            models[found["model"]] += int(found["entries"])
    return models


def _short(model_fingerprint: str) -> str:
    return hashlib.blake2b(model_fingerprint.encode(), digest_size=4).hexdigest()


def _base(path: str) -> str:
    return path.rsplit("/", 1)[-1]
