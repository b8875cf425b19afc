"""The lines of a summary that name files which could not be read to their end."""

from __future__ import annotations

from collections.abc import Sequence

from moderation.audit.losses import told
from schemas.audit import UnreadableFile

_SHOWN = 5


def loss_lines(files: Sequence[UnreadableFile], *, again: str = "run again") -> list[str]:
    """A warning with each file, what was lost and what to do; none where all were read."""
    if not files:
        return []
    lines = [f"  warning: {len(files):,} files could not be read to their end:"]
    if len(files) == 1:
        lines = ["  warning: a file could not be read to its end:"]
    lines += [f"    {told(file)}" for file in files[:_SHOWN]]
    if len(files) > _SHOWN:
        lines.append(f"    and {len(files) - _SHOWN:,} more")
    lines.append(f"    bring them whole and {again}; --max_unreadable_files 0 refuses such a run")
    return lines
