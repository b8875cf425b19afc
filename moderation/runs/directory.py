"""The run directory: where everything of one run lies, and whether it is final."""

from __future__ import annotations

import datetime
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from moderation.option_error import OptionError, option
from moderation.storage import files

TABLES = ("verdicts", "dead_letters", "review_queue", "review_tasks")
CLAIM = "_claim"
"""Who makes the run; gone once it is over."""
MARKER, MANIFEST, STAGING = "_SUCCESS", "manifest.json", "_staging"
REFUSED = "_refused"
"""What a start left for inspection that was to replace a committed run, and was not committed."""
_JOURNAL = "journal"
OWN = (*TABLES, "audit.json", "audit.html", "manifest.json")
"""What a scoring run writes, beside the marker and the staging area."""
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class RunDirectoryError(OptionError, ValueError):
    """A run directory that cannot be used; the message says what to do."""


class RunCommitted(RunDirectoryError):
    """A committed run lies there, and nobody gave it up."""


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """``OUTPUT/run_id=…``, local or remote. Nothing in it is final until ``_SUCCESS``."""

    output: str
    run_id: str
    token: str = field(default_factory=lambda: secrets.token_hex(8), compare=False)
    """Tells this start of the run from another one of the same id."""

    @property
    def path(self) -> str:
        """The directory itself."""
        return f"{self.output.rstrip('/')}/run_id={self.run_id}"

    @property
    def staging(self) -> str:
        """Where files wait for the commit; gone after it."""
        return self.file(STAGING)

    @property
    def unnamed(self) -> str:
        """Where files wait that no manifest names, under the paths that they will have in the run.

        Only on a disk, where moving is cheap.
        """
        return f"{self.staging}/unnamed"

    @property
    def journal(self) -> str:
        """Where what was judged is written down while the run goes on; a restart keeps it."""
        return f"{self.staging}/{_JOURNAL}"

    def file(self, name: str) -> str:
        """Path of a file or folder in the directory."""
        return f"{self.path}/{name}"

    @property
    def committed(self) -> bool:
        """Whether ``_SUCCESS`` is there."""
        return files.exists(self.file(MARKER))

    @property
    def short_token(self) -> str:
        """Enough of the token to tell this start's files from those of the run it replaces."""
        return self.token[:8]

    @property
    def committed_by(self) -> str | None:
        """Token of the start that committed; None where none did, or its marker says nothing."""
        marker = self.read_json(MARKER)
        return marker.get("token") if marker else None

    def expect_free(self, *, overwrite: bool) -> None:
        """Raise ``RunCommitted`` where a committed run lies here that must be kept."""
        if not overwrite and self.committed:
            raise RunCommitted(
                f"{option('run_id')} {self.run_id!r}: {self.path} is committed already. "
                f"Choose another id, or give {option('overwrite')} to replace it"
            )

    def clear_staging(self) -> None:
        """Delete what waits for a commit that will not come, but for the journal."""
        files.clear_folder(self.staging, keep=_JOURNAL)

    def refused(self) -> tuple[dict[str, Any], str] | None:
        """Manifest and folder of a start that ended and may not commit; None where none did."""
        for folder, name in ((self.file(REFUSED), f"{REFUSED}/{MANIFEST}"), (self.path, MANIFEST)):
            manifest = self.read_json(name)
            if manifest and manifest["refusal"]:
                return manifest, folder
        return None

    def read_json(self, name: str) -> dict[str, Any] | None:
        """A JSON file of the directory; None where it is not there."""
        if not files.exists(self.file(name)):
            return None
        loaded: dict[str, Any] = json.loads(files.read_bytes(self.file(name)))
        return loaded


def new_run_id(now: datetime.datetime) -> str:
    """Sortable by start time, distinct for two runs of one second: ``20260131T020000Z-3fa9``."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def check_run_id(run_id: str) -> None:
    """Raise ``RunDirectoryError`` where an id could not be a directory's name."""
    if not _RUN_ID.fullmatch(run_id):
        raise RunDirectoryError(
            "use letters, digits, '.', '_' and '-', up to 128 of them, starting with a letter or "
            "digit"
        )
