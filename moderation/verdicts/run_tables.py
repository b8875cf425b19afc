"""The layouts of the two tables that score alone writes, and their rows."""

from __future__ import annotations

from functools import cache
from typing import Any

import pyarrow as pa

from moderation.records.items import text_of_label
from moderation.storage.shards import TableLayout
from moderation.verdicts.decide import Outcome
from moderation.verdicts.judgement import Judgement, absent
from schemas.images import ImageReport, ImageStatus

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
        ("pdq", pa.string()),
        ("pdq_quality", pa.int32()),
    ]
)
_MATCH = pa.struct(
    [
        ("field", pa.string()),
        ("bank", pa.string()),
        ("entry", pa.string()),
        ("algorithm", pa.string()),
        ("distance", pa.int32()),
        ("matched_as", pa.string()),
        ("others", pa.int64()),
        ("tags", pa.list_(pa.string())),
        ("text", pa.string()),
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
        pa.field("hash_matches", pa.list_(_MATCH), nullable=False),
        pa.field("looked_up_in", pa.string()),
        pa.field("label", pa.string()),
        pa.field("extras", pa.string(), nullable=False),
        pa.field("reused", pa.bool_(), nullable=False),
        pa.field("reused_from", pa.string()),
        pa.field("model_fingerprint", pa.string(), nullable=False),
        pa.field("policy_version", pa.string(), nullable=False),
        pa.field("run_id", pa.string(), nullable=False),
        pa.field("scored_at", pa.string(), nullable=False),
        pa.field("text_source", pa.string()),
        pa.field("reading", pa.string()),
        pa.field("text_read", pa.string()),
        pa.field("precision", pa.string()),
    ]
)

REVIEW_QUEUE = TableLayout("review_queue")

_ABSENT = ImageStatus.ABSENT
_BUILT_IN = ("is_contradiction", "is_implication", "is_hateful")

VERDICT_COLUMNS = (
    *("item_id", "source", "row", "label", "extras"),
    *("kind", "content_key", "probabilities", "entailment_label", *_BUILT_IN, "other_flags"),
    *("decision", "reasons", "modalities", "images", "hash_matches", "looked_up_in"),
    *("reused", "reused_from"),
    *("scored_at", "text_source", "reading", "text_read"),
    *("run_id", "model_fingerprint", "policy_version", "precision"),
)
"""As ``packed_part`` and ``judged_part`` give their values."""


def verdicts_layout(file_format: str) -> TableLayout:
    """The verdicts' table as ``parquet`` or ``jsonl``."""
    return TableLayout("verdicts", VERDICT_SCHEMA if file_format == "parquet" else None)


def judged_part(
    judgement: Judgement, outcome: Outcome, *, stamp: tuple[str, ...], keep_text: bool
) -> tuple[Any, ...]:
    """The values of a verdict that all rows of an item share: of ``VERDICT_COLUMNS`` the last.

    ``keep_text``: what was read from a picture is written too.
    """
    flags, reading = outcome.flags, judgement.reading
    source = judgement.text_source
    return (
        judgement.kind.value,
        judgement.content_key,
        outcome.probabilities,
        outcome.entailment_label,
        *[flags.get(name) for name in _BUILT_IN],
        {name: raised for name, raised in flags.items() if name not in _BUILT_IN},
        outcome.decision.value,
        list(outcome.reasons),
        list(judgement.modalities),
        [image_row(image) for image in judgement.images],
        [match.model_dump(mode="json") for match in judgement.matches],
        judgement.looked_up or None,
        judgement.reused,
        judgement.origin.scored_in if judgement.origin else None,
        judgement.scored_at,
        source and source.value,
        reading and reading.ending.value,
        reading.text if reading and keep_text else None,
        *stamp,
    )


def packed_part(packed: tuple[Any, ...]) -> tuple[Any, ...]:
    """Of a packed ``Record``, the values of a verdict that belong to its row: the first."""
    source, row, item_id, _, label, extras = packed[:6]
    return item_id, source, row, text_of_label(label), extras


def image_row(image: ImageReport) -> dict[str, Any]:
    """An image report as plain values, which is not to be changed."""
    return _absent_row(image.field) if image.status is _ABSENT else _image_row(image)


def _image_row(image: ImageReport) -> dict[str, Any]:
    return image.model_dump(mode="json")


@cache
def _absent_row(field: str) -> dict[str, Any]:
    return _image_row(absent(field))


def review_row(verdict: dict[str, Any], texts: dict[str, str], **more: Any) -> dict[str, Any]:
    """A review queue's entry made from the verdict of one of its rows; ``more`` is the entry's."""
    taken = (
        "item_id",
        "kind",
        "content_key",
        "reasons",
        "probabilities",
        "images",
        "text_source",
        "hash_matches",
        "source",
        "row",
        "run_id",
        "model_fingerprint",
        "policy_version",
    )
    return {**{name: verdict[name] for name in taken}, "texts": texts, **more}
