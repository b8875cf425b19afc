"""The earlier run that a run is compared with: what its audit counted, and what it ran with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter
from pydantic_core import from_json

from moderation.option_error import option
from moderation.runs.committed import CommittedRun, RunError
from moderation.runs.marker import usual
from moderation.storage import files
from moderation.storage.input_files import InputFile
from schemas.drift import BlockCounts, Change
from schemas.hashes import HashBankFacts
from schemas.precision import PrecisionFacts

AUDIT = "audit.json"
_BLOCKS = TypeAdapter(tuple[BlockCounts, ...])


class MadeWith(Protocol):
    """What a manifest, or a run's head, says that the run was made with."""

    @property
    def model_name(self) -> str: ...
    @property
    def model_fingerprint(self) -> str: ...
    @property
    def policy_version(self) -> str: ...
    @property
    def policy_digest(self) -> str: ...
    @property
    def text_reader(self) -> dict[str, str] | None: ...
    @property
    def precision(self) -> PrecisionFacts | None: ...


@dataclass(frozen=True, slots=True)
class Baseline:
    """Small and picklable: it travels to whoever closes the run."""

    run_id: str
    path: str
    verdict_files: tuple[InputFile, ...]
    verdicts: int
    made_with: Mapping[str, str]
    blocks: tuple[BlockCounts, ...]
    """None of a run from before they were counted."""


def open_baseline(run: CommittedRun, *, name: str) -> Baseline:
    """What there is to compare with in a committed run.

    Args:
        run: of ``pipelines.score``.
        name: of the option that names it.

    Raises:
        RunError: its audit cannot be read.
    """
    manifest = run.manifest
    found = [entry.path for entry in manifest.outputs if usual(entry.path) == AUDIT]
    try:
        told = from_json(files.read_bytes(f"{run.path}/{found[0] if found else AUDIT}"))
        blocks = _BLOCKS.validate_python(told.get("blocks") or ())
    except (OSError, ValueError, AttributeError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise RunError(
            f"{option(name)} {run.path!r}: its {AUDIT} cannot be read, so nothing can be compared "
            f"with it: name another run, or none ({why})"
        ) from error
    return Baseline(
        run_id=manifest.run_id,
        path=run.path,
        verdict_files=run.verdict_files,
        verdicts=run.verdicts,
        made_with=made_with(manifest, manifest.hash_banks),
        blocks=blocks,
    )


def made_with(
    run: MadeWith, banks: list[HashBankFacts] | tuple[HashBankFacts, ...]
) -> dict[str, str]:
    """What a run's verdicts hang on, in words: two that differ may decide otherwise."""
    reader = run.text_reader
    return {
        "model": f"{run.model_name} ({_short(run.model_fingerprint)})",
        "precision": run.precision.used.value if run.precision else "float32",
        "policy": f"{run.policy_version} ({_short(run.policy_digest)})",
        "text reader": f"{reader['name']} ({_short(reader['digest'])})" if reader else "none",
        "hash banks": ", ".join(f"{b.name} ({_short(b.digest)})" for b in banks) or "none",
    }


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    """What two runs did not have in common."""
    return [
        Change(what=what, before=before.get(what, "none"), now=said)
        for what, said in now.items()
        if said != before.get(what, "none")
    ]


def _short(digest: str) -> str:
    return digest.rpartition(":")[2][:12]
