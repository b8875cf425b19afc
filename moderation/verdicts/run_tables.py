"""The layouts of the two tables that score alone writes, and their rows."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from moderation.records.items import Record
from moderation.storage.shards import TableLayout
from moderation.verdicts.decide import Outcome
from moderation.verdicts.judgement import Judgement
from schemas.card import Card
from schemas.images import ImageReport

_IMAGE = pa.struct(
    [
        ("field", pa.string()),
        ("reference", pa.string()),
        ("status", pa.string()),
        ("code", pa.string()),
        ("sha256", pa.string()),
        ("bytes", pa.int64()),
        ("width", pa.int32()),
        ("height", pa.int32()),
    ]
)

VERDICT_SCHEMA = pa.schema(
    [
        pa.field("item_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("content_key", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("probabilities", pa.map_(pa.string(), pa.float64()), nullable=False),
        pa.field("entailment_label", pa.string()),
        pa.field("is_contradiction", pa.bool_()),
        pa.field("is_implication", pa.bool_()),
        pa.field("is_hateful", pa.bool_()),
        pa.field("other_flags", pa.map_(pa.string(), pa.bool_()), nullable=False),
        pa.field("decision", pa.string(), nullable=False),
        pa.field("reasons", pa.list_(pa.string()), nullable=False),
        pa.field("modalities", pa.list_(pa.string()), nullable=False),
        pa.field("images", pa.list_(_IMAGE), nullable=False),
        pa.field("label", pa.string()),
        pa.field("extras", pa.string(), nullable=False),
        pa.field("reused", pa.bool_(), nullable=False),
        pa.field("reused_from", pa.string()),
        pa.field("model_fingerprint", pa.string(), nullable=False),
        pa.field("policy_version", pa.string(), nullable=False),
        pa.field("run_id", pa.string(), nullable=False),
        pa.field("scored_at", pa.string(), nullable=False),
    ]
)

REVIEW_QUEUE = TableLayout("review_queue")

_BUILT_IN = ("is_contradiction", "is_implication", "is_hateful")


def verdicts_layout(file_format: str) -> TableLayout:
    """The verdicts' table as ``parquet`` or ``jsonl``."""
    return TableLayout("verdicts", VERDICT_SCHEMA if file_format == "parquet" else None)


def flat_probabilities(judgement: Judgement, card: Card) -> dict[str, float]:
    """Probabilities keyed ``task.label``."""
    return {
        f"{task.name}.{label}": p
        for task in card.tasks_for(judgement.kind)
        for label, p in zip(task.labels, judgement.probabilities.get(task.name, ()), strict=False)
    }


def judged_part(
    judgement: Judgement, outcome: Outcome, *, card: Card, stamp: dict[str, str]
) -> dict[str, Any]:
    """The columns of a verdict that all rows of an item share."""
    return {
        "kind": judgement.kind.value,
        "content_key": judgement.content_key,
        "probabilities": flat_probabilities(judgement, card),
        "entailment_label": outcome.entailment_label,
        **{name: outcome.flags.get(name) for name in _BUILT_IN},
        "other_flags": {k: v for k, v in outcome.flags.items() if k not in _BUILT_IN},
        "decision": outcome.decision.value,
        "reasons": list(outcome.reasons),
        "modalities": list(judgement.modalities),
        "images": [image_row(image) for image in judgement.images],
        "reused": judgement.reused,
        "reused_from": judgement.origin.scored_in if judgement.origin else None,
        "scored_at": judgement.scored_at,
        **stamp,
    }


def record_part(record: Record) -> dict[str, Any]:
    """The columns of a verdict that belong to one row of the input."""
    return {
        "item_id": record.item_id,
        "source": record.source,
        "row": record.row,
        "label": record.label_text,
        "extras": record.extras,
    }


def image_row(image: ImageReport) -> dict[str, Any]:
    """An image report as plain values."""
    return image.model_dump(mode="json")


def review_row(verdict: dict[str, Any], texts: dict[str, str], *, copies: int) -> dict[str, Any]:
    """A review queue's entry made from the verdict of one of its ``copies`` rows."""
    taken = (
        "item_id",
        "kind",
        "content_key",
        "reasons",
        "probabilities",
        "images",
        "source",
        "row",
        "run_id",
        "model_fingerprint",
        "policy_version",
    )
    return {**{name: verdict[name] for name in taken}, "texts": texts, "copies": copies}
