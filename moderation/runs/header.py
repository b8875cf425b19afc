"""The head of a run: what was known of it before its first row, whichever job it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from moderation.runs.committed import CommittedRun
from moderation.runs.directory import RunDirectory
from moderation.storage.input_files import InputFile
from schemas.hashes import HashBankFacts
from schemas.manifest import LeftOut
from schemas.precision import PrecisionFacts


def joined(names: Iterable[str | None]) -> str:
    """What several runs were made with, where that is one line of a manifest."""
    return "+".join(sorted({name for name in names if name}))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHeader:
    """Where a run goes, what it reads and with what; every manifest begins with it."""

    directory: RunDirectory
    started_at: str
    inputs: tuple[InputFile, ...]
    """Files that are read, each with a line in the manifest."""
    left_out: tuple[LeftOut, ...]
    options: dict[str, Any]
    versions: dict[str, str]
    option_form: str = "{}"
    """How who reads of the run writes an option, as in ``--{}``."""
    reused: tuple[CommittedRun, ...] = ()
    """Whose scores may be carried over, in the order in which they are asked."""
    watched: tuple[str, ...] = ()
    """Further files that must not change while the run goes on."""
    model_name: str = ""
    model_fingerprint: str = ""
    policy_version: str = ""
    policy_digest: str = ""
    text_reader: dict[str, str] | None = None
    """What read texts from pictures."""
    hash_banks: tuple[HashBankFacts, ...] = ()
    precision: PrecisionFacts | None = None
    """That the model computes in."""

    @property
    def run_id(self) -> str:
        """The run's name."""
        return self.directory.run_id
