"""The rows of an export: record layout and provenance, decisions, diff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json, to_json

from moderation.exports.decisions import DecisionRow
from moderation.exports.input_rows import RecordRow
from moderation.exports.runs import Runs
from moderation.exports.selection_rules import Chosen, labelled_at, predicted, score_of
from moderation.storage.shards import TableLayout
from schemas.records import IMAGE_FIELDS, Kind, fields_of

DECISIONS = TableLayout("decisions")
DIFF = TableLayout("diff")


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
        fields = {name: _written(record, name) for name in fields_of(kind)}
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
            "images": [_written(record, name) for name in IMAGE_FIELDS[Kind(record.kind)]],
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


def _written(record: RecordRow, name: str) -> str | None:
    """A field as its record has it; of an image its reference, None of bytes in the record."""
    return record.images[name][0] if name in record.images else record.values.get(name)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return to_json(value).decode()
