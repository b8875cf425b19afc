"""Files that could not be read to their end, and the rows that were lost with them.

A letter stands for each part of a file that could not be read, and for the first of the rows that
were lost with it; what was lost beyond is in no letter, so it is counted here.
"""

from __future__ import annotations

from moderation.audit.tally import Tally
from schemas.audit import UnreadableFile
from schemas.codes import Code

_FAMILY = "unreadable"
_MOST = 200


def count_loss(tally: Tally, source: str, lost: int | None, message: str) -> None:
    """Count one part of a file; ``lost``: its rows, None where nobody can know."""
    tally.add(_FAMILY, "parts", source)
    tally.add(_FAMILY, "rows", source, rows=lost or 1)
    tally.add(_FAMILY, "unknown", source, rows=int(lost is None))
    tally.example(_FAMILY, source, (source, 0, "", message))


def unreadable_files(tally: Tally, *, most: int = _MOST) -> list[UnreadableFile]:
    """Those that lost most first, no more than ``most``."""
    unknown = tally.of(_FAMILY, "unknown")
    rows = sorted(tally.of(_FAMILY, "rows").items(), key=lambda entry: (-entry[1], entry[0]))
    return [
        UnreadableFile(
            source=source, rows=lost, exact=source not in unknown, reason=_reason(tally, source)
        )
        for source, lost in rows[:most]
    ]


def unreadable_count(tally: Tally) -> int:
    """How many files could not be read to their end."""
    return len(tally.of(_FAMILY, "parts"))


def rows_in_no_letter(tally: Tally) -> int:
    """Rows that were lost with files beside the letters that stand for them."""
    rows, parts = tally.of(_FAMILY, "rows"), tally.of(_FAMILY, "parts")
    return sum(rows.values()) - sum(parts.values())


def told(file: UnreadableFile) -> str:
    """One file with what was lost, as a person reads it."""
    least = "" if file.exact else "at least "
    noun = "row" if file.rows == 1 else "rows"
    return f"{file.source} ({least}{file.rows:,} {noun} lost: {file.reason})"


def is_loss(code: Code, row: int | None) -> bool:
    """Whether a letter is about a part of a file."""
    return row is None and code is Code.UNREADABLE_FILE


def _reason(tally: Tally, source: str) -> str:
    examples = tally.examples.get((_FAMILY, source))
    message = examples[0][3] if examples else ""
    return message.removeprefix(f"{source} ")
