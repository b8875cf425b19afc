"""The table of an evaluation: the paired items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from moderation.evaluation.pairing.settle_item import Pair
from moderation.records.labels import SEPARATOR
from moderation.storage.shards import TableLayout

ITEM_SCHEMA = pa.schema(
    [
        pa.field("item_id", pa.string(), nullable=False),
        pa.field("kind", pa.string()),
        pa.field("task", pa.string(), nullable=False),
        pa.field("label", pa.string(), nullable=False),
        pa.field("predicted", pa.string(), nullable=False),
        pa.field("probabilities", pa.map_(pa.string(), pa.float64()), nullable=False),
        pa.field("slices", pa.map_(pa.string(), pa.string()), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
    ]
)

ITEMS = TableLayout("items", ITEM_SCHEMA)
"""Every item that was evaluated, once a task: enough to compute all figures again."""


def item_row(
    pair: Pair, kind: str, slices: Sequence[str | None], columns: Sequence[str]
) -> dict[str, Any]:
    """A pair as a row of ``items``."""
    given = pair.probabilities
    return {
        "item_id": pair.label.item_id,
        "kind": kind or None,
        "task": pair.task,
        "label": SEPARATOR.join(given[place][0] for place in sorted(pair.truth)),
        "predicted": SEPARATOR.join(given[place][0] for place in sorted(pair.predicted)),
        "probabilities": {label: p for label, p in given},  # noqa: C416 - they may be lists
        "slices": dict(zip(columns, slices, strict=True)),
        "source": pair.label.source,
        "row": pair.label.row,
    }
