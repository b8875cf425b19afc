"""Exports as label tools write them, of made-up tasks, and what is read in them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from moderation.records.rows import RawRow
from moderation.records.spans import plan_spans, read_span
from moderation.review.answers.answer import Answer, Found, NoAnswer
from moderation.review.answers.read import answers_of
from moderation.review.answers.rules import AnswerRules
from moderation.review.answers.shape import MAX_ROW_BYTES, look
from moderation.storage.listing import find_inputs

DAY = "2026-11-02T08:00:00.000000Z"
ADA = {"id": 1, "email": "ada@people.example", "first_name": "", "last_name": ""}


def choice(control: str, *labels: str) -> dict[str, Any]:
    return {
        "id": "r1",
        "type": "choices",
        "value": {"choices": [*labels]},
        "origin": "manual",
        "to_name": "text",
        "from_name": control,
    }


def annotation(number: int, *results: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "completed_by": ADA,
        "result": [*results],
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": "2026-11-01T08:00:00.000000Z",
        "updated_at": DAY,
        "lead_time": 2.5,
        "last_action": None,
        **changes,
    }


def task(number: int, *annotations: dict[str, Any], **data: Any) -> dict[str, Any]:
    guess = {"model_version": "m", "result": [choice("hateful", "hateful")]}
    return {
        "id": number,
        "annotations": [*annotations],
        "drafts": [{"result": [choice("hateful", "hateful")]}],
        "predictions": [guess],
        "data": {"item_id": f"i{number}", "text": f"text\n{number}", **data},
        "agreement": 100.0,
    }


def mixed_rows(tasks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What JSON_MIN makes of tasks: an object an annotation, the answers over the data."""
    rows = []
    for each in tasks:
        kept = [a for a in each["annotations"] if not a["was_cancelled"]]
        for one in kept or ([{}] if not each["annotations"] else []):
            answers = {
                result["from_name"]: _pretty(result["value"]) for result in one.get("result", [])
            }
            by = one.get("completed_by", {})
            rows.append(
                {
                    **each["data"],
                    "id": each["id"],
                    **answers,
                    "annotator": by.get("email") if isinstance(by, dict) else by,
                    "annotation_id": one.get("id"),
                    "created_at": one.get("created_at"),
                    "updated_at": one.get("updated_at"),
                    "lead_time": one.get("lead_time"),
                }
            )
    return rows


def _pretty(value: Mapping[str, Any]) -> Any:
    return value["choices"][0] if len(value["choices"]) == 1 else value


def write_json(path: Path, rows: Any) -> Path:
    path.write_text(json.dumps(rows, indent=2))
    return path


def write_lines(path: Path, *rows: Mapping[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def write_table(path: Path, rows: Sequence[Mapping[str, Any]], *, delimiter: str) -> Path:
    """As the tool's CSV: sorted columns, texts quoted, what is no text as JSON."""
    names = sorted({name for row in rows for name in row})
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(
            file, names, delimiter=delimiter, quoting=csv.QUOTE_NONNUMERIC, restval=""
        )
        writer.writeheader()
        for row in rows:
            plain = {n: json.dumps(v) if isinstance(v, dict) else v for n, v in row.items()}
            writer.writerow(plain)
    return path


def read(path: Path, **rules: Any) -> list[Found]:
    """What the file's rows say."""
    [file] = find_inputs((str(path),)).files
    made = AnswerRules(**{"tasks": ("entailment", "hateful"), **rules})
    shape = look(file, made)
    spans = plan_spans(file)
    rows = [row for span in spans for row in read_span(span, max_row_bytes=MAX_ROW_BYTES)]
    assert all(isinstance(row, RawRow) for row in rows)
    return [found for row in rows for found in answers_of(row, shape, made)]  # type: ignore[arg-type]


def said(found: list[Found]) -> list[Any]:
    """Item, task, label and person of answers; why, of entries that are none."""
    names = ("item_id", "task", "label", "reviewer", "decided_at")
    return [
        tuple(each.fields.get(name) for name in names)
        if isinstance(each, Answer)
        else each.why.value
        if isinstance(each, NoAnswer)
        else each.message
        for each in found
    ]
