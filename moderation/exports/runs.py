"""The committed runs that an export is made of, and each file that they judged once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from moderation.option_error import option
from moderation.runs.committed import CommittedRun, RunError, Source, match_runs, open_run
from moderation.storage.input_files import InputFile


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs of an export, and each distinct source once."""

    runs: tuple[CommittedRun, ...]
    sources: tuple[Source, ...]
    source_ids: tuple[dict[str, int], ...]
    """For each run: the path of a source, and its place in ``sources``."""

    @property
    def verdict_files(self) -> tuple[InputFile, ...]:
        """Of all verdict tables."""
        return tuple(file for run in self.runs for file in run.verdict_files)

    def path_of(self, source: int) -> str | None:
        """Of a place in ``sources``; None where it is -1."""
        return self.sources[source].file.path if source >= 0 else None

    @property
    def verdicts(self) -> int:
        """Rows of all verdict tables."""
        return sum(run.verdicts for run in self.runs)


def open_runs(patterns: Iterable[str], *, name: str) -> Runs:
    """Match, check and open runs; each is taken once, in the order of their ids.

    Raises:
        RunError: where a pattern matches nothing, a run is not committed or was changed since.
    """
    paths = dict.fromkeys(path for pattern in patterns for path in match_runs(pattern, name=name))
    opened = sorted(
        (open_run(path, name=name) for path in paths), key=lambda run: run.manifest.run_id
    )
    ids = [run.manifest.run_id for run in opened]
    repeated = sorted({run_id for run_id in ids if ids.count(run_id) > 1})
    if repeated:
        raise RunError(
            f"{option(name)}: several directories hold run {repeated[0]!r}: name one of them"
        )
    places: dict[str, int] = {}
    sources: list[Source] = []
    for run in opened:
        for source in run.sources:
            if places.setdefault(_identity(source), len(sources)) == len(sources):
                sources.append(source)
    by_run = tuple({s.file.path: places[_identity(s)] for s in run.sources} for run in opened)
    return Runs(tuple(opened), tuple(sources), by_run)


def _identity(source: Source) -> str:
    read_by = [repr(source.layout), source.max_row_bytes, source.text_reader]
    return json.dumps([source.file.path, source.digest, *read_by])
