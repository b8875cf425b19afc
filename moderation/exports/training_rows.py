"""The tables of an export: record layout and provenance, decisions, diff."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pydantic_core import from_json, to_json

from moderation.exports.decisions import DecisionRow
from moderation.exports.input_rows import RecordRow
from moderation.exports.runs import Runs
from moderation.exports.selection_rules import Chosen, labelled_at, predicted, score_of
from moderation.storage.shards import TableLayout
from schemas.records import IMAGE_FIELDS, Kind, fields_of

_PROVENANCE = pa.struct(
    [
        ("item_id", pa.string()),
        ("content_key", pa.string()),
        ("label_source", pa.string()),
        ("labelled_at", pa.string()),
        ("task", pa.string()),
        ("reviewers", pa.int32()),
        ("reviewers_agreeing", pa.int32()),
        ("original_label", pa.string()),
        ("score", pa.float64()),
        ("predicted_label", pa.string()),
        ("predicted_score", pa.float64()),
        ("verdict", pa.string()),
        ("scored_at", pa.string()),
        ("run_id", pa.string()),
        ("source", pa.string()),
        ("row", pa.int64()),
        ("model_fingerprint", pa.string()),
        ("policy_version", pa.string()),
        ("policy_digest", pa.string()),
    ]
)

DECISIONS = TableLayout("decisions")
DIFF = TableLayout("diff")


def row_layouts(
    formats: Sequence[str], columns: Sequence[str], *, several: Collection[Kind] = ()
) -> dict[tuple[Kind, str], TableLayout]:
    """The tables with the rows themselves, by kind and format; each is named after its kind.

    Args:
        formats: ``parquet``, ``jsonl``.
        columns: of the records, that stay columns.
        several: kinds whose label is a list.
    """
    return {
        (kind, file_format): TableLayout(
            kind.value,
            _schema(kind, columns, several=kind in several) if file_format == "parquet" else None,
        )
        for kind in Kind
        for file_format in formats
    }


@dataclass(frozen=True, slots=True)
class RowMaker:
    """Makes rows of the training set. Picklable."""

    runs: Runs
    columns: tuple[str, ...] = ()
    """Columns of the records that stay columns; the others lie in ``extras``."""
    multi_label: frozenset[str] = frozenset()
    """Tasks whose label is a list."""

    def row(self, chosen: Chosen, record: RecordRow) -> dict[str, Any]:
        """The record with its label, as its files have it."""
        extras = dict(record.extras)
        kept = {name: _text(extras.pop(name, None)) for name in self.columns}
        kind = Kind(record.kind)
        fields = {
            name: record.values.get(name) if name not in record.images else record.images[name][0]
            for name in fields_of(kind)
        }
        return {
            **fields,
            "label": self._label(chosen),
            **kept,
            "provenance": self._provenance(chosen, record),
            "extras": to_json(extras).decode(),
        }

    def _label(self, chosen: Chosen) -> Any:
        several = chosen.task in self.multi_label
        return from_json(chosen.label or "[]") if several else chosen.label

    def _provenance(self, chosen: Chosen, record: RecordRow) -> dict[str, Any]:
        verdict, vote = chosen.verdict, chosen.vote
        manifest = self.runs.runs[verdict.run].manifest
        label, score = predicted(verdict, chosen.task)
        assert chosen.label is not None
        return {
            "item_id": verdict.item_id,
            "content_key": verdict.content_key,
            "label_source": "pseudo" if chosen.pseudo else "reviewed",
            "labelled_at": labelled_at(chosen),
            "task": chosen.task,
            "reviewers": len(vote.counted) if vote else 0,
            "reviewers_agreeing": vote.agreeing if vote else 0,
            "original_label": record.label,
            "score": score_of(verdict, chosen.task, chosen.label),
            "predicted_label": label,
            "predicted_score": score,
            "verdict": verdict.decision,
            "scored_at": verdict.scored_at,
            "run_id": manifest.run_id,
            "source": self.runs.path_of(verdict.source) or verdict.first_source,
            "row": verdict.row,
            "model_fingerprint": manifest.model_fingerprint,
            "policy_version": manifest.policy_version,
            "policy_digest": manifest.policy_digest,
        }


def decision_row(decision: DecisionRow, status: str) -> dict[str, Any]:
    """A line of ``decisions/``."""
    return {
        "item_id": decision.item_id,
        "task": decision.task,
        "label": decision.label,
        "reviewer": decision.reviewer,
        "decided_at": decision.decided_at,
        "status": status,
    }


def diff_row(
    item_id: str,
    kind: str,
    *,
    label: str | None,
    previous: str | None,
    reason: str | None = None,
) -> dict[str, Any] | None:
    """A line of ``diff/``; None where nothing changed."""
    if label == previous:
        return None
    change = "added" if previous is None else "removed" if label is None else "relabelled"
    return {
        "item_id": item_id,
        "kind": kind,
        "change": change,
        "label": label,
        "previous_label": previous,
        "reason": reason,
    }


def source_group(record: RecordRow, column: str, runs: Runs) -> str:
    """What ``--max_per_source`` counts by: the record's own column, else the file it lies in."""
    value = record.extras.get(column)
    if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "":
        return str(value)
    return record.first_source or runs.sources[record.source].file.path


def _schema(kind: Kind, columns: Sequence[str], *, several: bool) -> pa.Schema:
    names = [*fields_of(kind), "label", *columns]
    types = {"label": pa.list_(pa.string()) if several else pa.string()}
    return pa.schema(
        [
            pa.field(name, types.get(name, pa.string()), nullable=_may_be_null(kind, name, columns))
            for name in names
        ]
        + [
            pa.field("provenance", _PROVENANCE, nullable=False),
            pa.field("extras", pa.string(), nullable=False),
        ]
    )


def _may_be_null(kind: Kind, name: str, columns: Sequence[str]) -> bool:
    return name in columns or name in IMAGE_FIELDS[kind]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return to_json(value).decode()
