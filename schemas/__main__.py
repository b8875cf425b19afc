"""Write what is generated from the typed models: ``python -m schemas [DIR]``.

JSON Schemas go to ``DIR/json``, the columns of BigQuery's tables to ``DIR/bigquery``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from schemas.audit import Audit
from schemas.bigquery_columns import TABLES
from schemas.card import Card
from schemas.datasets import ConflictEntry, DatasetInfo, DatasetStats, GroupEntry
from schemas.decision_lines import DecisionLine
from schemas.export import CountedDecision, DiffEntry, ExportReport, Provenance, ReviewDecision
from schemas.golden import GoldenItems
from schemas.manifest import Manifest
from schemas.metrics import EvaluatedItem, Evaluation
from schemas.nights import Nights
from schemas.policy import Policy
from schemas.recipe import Recipe
from schemas.review_tasks import CoopItem, DoccanoExample, LabelStudioTask
from schemas.verdicts import DeadLetter, ReviewEntry, Verdict

MODELS: dict[str, type[BaseModel]] = {
    "audit": Audit,
    "canary": GoldenItems,
    "card": Card,
    "conflict_entry": ConflictEntry,
    "coop_item": CoopItem,
    "counted_decision": CountedDecision,
    "dataset_info": DatasetInfo,
    "dataset_stats": DatasetStats,
    "dead_letter": DeadLetter,
    "decision_line": DecisionLine,
    "diff_entry": DiffEntry,
    "doccano_example": DoccanoExample,
    "evaluated_item": EvaluatedItem,
    "export": ExportReport,
    "group_entry": GroupEntry,
    "label_studio_task": LabelStudioTask,
    "manifest": Manifest,
    "metrics": Evaluation,
    "nights": Nights,
    "policy": Policy,
    "provenance": Provenance,
    "recipe": Recipe,
    "review_decision": ReviewDecision,
    "review_entry": ReviewEntry,
    "verdict": Verdict,
}


def generate(folder: Path) -> None:
    """Write one ``json/NAME.schema.json`` per model and one ``bigquery/NAME.json`` per table."""
    for name, model in MODELS.items():
        _write(folder / "json" / f"{name}.schema.json", model.model_json_schema(), sort_keys=True)
    for name, columns in TABLES.items():
        _write(folder / "bigquery" / f"{name}.json", columns)


def _write(file: Path, content: object, *, sort_keys: bool = False) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=2, sort_keys=sort_keys) + "\n"
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
