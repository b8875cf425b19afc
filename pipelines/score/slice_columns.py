"""Columns that a run tells flag rates by: that there are any such, before the first row."""

from __future__ import annotations

from moderation.audit.keyed.members import MOST_FLAGS, SliceBy
from moderation.audit.slice_columns import parse_slices
from moderation.records.first_rows import columns_beside
from moderation.records.layout import Layout
from moderation.storage.input_files import InputFile
from pipelines.command.usage import UsageError
from pipelines.score.options import ScoreOptions
from schemas.policy import Policy

_LISTED = 20


def slice_by(options: ScoreOptions, policy: Policy) -> SliceBy | None:
    """What the run is sliced by; None: nobody asked. Raises ``UsageError``."""
    if not parse_slices(options.slices):
        return None
    if len(policy.flags) > MOST_FLAGS:
        raise UsageError(
            f"--slices counts up to {MOST_FLAGS} flags, and the policy {policy.version} has "
            f"{len(policy.flags)}: leave it out, or take a policy with fewer"
        )
    return SliceBy(
        parse_slices(options.slices),
        tuple(policy.flags),
        least_items=options.min_slice_items,
        most=options.max_slices,
    )


def look_for(
    by: SliceBy | None, files: tuple[InputFile, ...], layout: Layout, *, max_row_bytes: int
) -> list[str]:
    """What to say of columns that none of the first rows has.

    Raises:
        UsageError: no row can have one, for the files say which columns they have.
    """
    if by is None:
        return []
    beside = columns_beside(files, layout, max_row_bytes=max_row_bytes)
    lacking = [column.name for column in by.columns if column.name not in beside.names]
    if not lacking or not beside.rows:
        return []
    have = ", ".join(sorted(beside.names)[:_LISTED]) or "none"
    told = f"--slices {', '.join(lacking)}: "
    if beside.all_of_them:
        raise UsageError(
            f"{told}no record has such a column; beside what is judged they have {have}"
        )
    return [
        f"{told}none of the first {beside.rows:,} records that were looked at has such a column; "
        f"beside what is judged they have {have}"
    ]
