"""What earlier runs made of a record that is driven again."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple


class Redrive(str, Enum):
    """Which dead letters of an earlier run are driven again."""

    RETRYABLE = "retryable"
    """Those whose record may pass as it is; the others are passed on."""
    ALL = "all"
    """Every letter that holds its record: model, policy or options may be others now."""


class History(NamedTuple):
    """Of one record, up to the run whose letter it was read from."""

    runs: int
    """That tried it."""
    attempts: int
    """Summed over these runs."""
    first_run_id: str
    first_code: str
    first_at: str | None
    """When the first run began; None: its letters do not say."""
    parent_run_id: str
    """The run whose letter it is."""
    read_from: str
    """The file that the letter lies in."""

    @classmethod
    def of(cls, letter: Mapping[str, Any], read_from: str) -> History:
        """Out of a line of ``dead_letters/``, be it of a run that kept no history."""
        former = letter.get("history")
        former = former if isinstance(former, Mapping) else {}
        run_id = _text(letter["run_id"])
        return cls(
            runs=_number(former.get("runs")),
            attempts=_number(letter.get("attempts")),
            first_run_id=_text(former.get("first_run_id", run_id)),
            first_code=_text(former.get("first_code", letter["code"])),
            first_at=former.get("first_at") or letter.get("run_started_at"),
            parent_run_id=run_id,
            read_from=read_from,
        )

    def told(self, *, tried: bool) -> dict[str, Any]:
        """As a letter of the next run has it; ``tried``: whether that run drove the record."""
        return {
            "runs": self.runs + tried,
            "first_run_id": self.first_run_id,
            "first_code": self.first_code,
            "first_at": self.first_at,
            "parent_run_id": self.parent_run_id,
            "passed_on": not tried,
        }


def _number(value: Any) -> int:
    return value if isinstance(value, int) and value >= 0 else 1


def _text(value: Any) -> str:
    return str(value)[:200]
