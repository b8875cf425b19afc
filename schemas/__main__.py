"""Write the generated JSON Schemas: ``python -m schemas [DIR]``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from schemas.audit import Audit
from schemas.card import Card
from schemas.datasets import ConflictEntry, DatasetInfo, DatasetStats, GroupEntry
from schemas.decision_lines import DecisionLine
from schemas.export import CountedDecision, DiffEntry, ExportReport, Provenance, ReviewDecision
from schemas.golden import GoldenItems
from schemas.manifest import Manifest
from schemas.metrics import EvaluatedItem, Evaluation
from schemas.policy import Policy
from schemas.recipe import Recipe
from schemas.review_tasks import DoccanoExample, LabelStudioTask
from schemas.verdicts import DeadLetter, ReviewEntry, Verdict

MODELS: dict[str, type[BaseModel]] = {
    "audit": Audit,
    "canary": GoldenItems,
    "card": Card,
    "conflict_entry": ConflictEntry,
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
    "policy": Policy,
    "provenance": Provenance,
    "recipe": Recipe,
    "review_decision": ReviewDecision,
    "review_entry": ReviewEntry,
    "verdict": Verdict,
}


def generate(folder: Path) -> None:
    """Write one ``NAME.schema.json`` per model into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, model in MODELS.items():
        text = json.dumps(model.model_json_schema(), indent=2, sort_keys=True) + "\n"
        (folder / f"{name}.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "json")
