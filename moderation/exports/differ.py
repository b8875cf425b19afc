"""What of an export differs from an earlier one, item by item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from apache_beam.pvalue import TaggedOutput

from moderation.audit.tally import Tally
from moderation.audit.tally_transforms import Tallying
from moderation.exports.selection_rules import Why
from moderation.exports.training_rows import diff_row

DIFFERING = "differing"


class Dropping(Tallying):
    """A step that may take a selected row out again."""

    def drop(self, row: Mapping[str, Any], why: Why) -> Iterator[TaggedOutput]:
        """A selected row that will not be in the set after all."""
        self._tally.add("verdict", why.value)
        if row["former"] is not None:
            yield from differing(
                self._tally,
                row["item_id"],
                row["kind"],
                label=None,
                previous=row["former"],
                reason=why,
            )


def differing(
    tally: Tally,
    item_id: str,
    kind: str,
    *,
    label: str | None,
    previous: str | None,
    reason: Why | None = None,
) -> Iterator[TaggedOutput]:
    """The line of ``diff/`` about an item, counted."""
    row = diff_row(
        item_id, kind, label=label, previous=previous, reason=reason.value if reason else None
    )
    if row is None:
        tally.add("diff", "unchanged")
        return
    tally.add("diff", row["change"])
    if reason:
        tally.add("diff_removed", reason.value)
    yield TaggedOutput(DIFFERING, row)
