"""Label Studio's JSON_MIN and CSV: one object or line an annotation, data and answers mixed.

The task's own data lie beside the answers under one roof. A control that nobody ticked has no key,
so that a key of the data with its name would pass for the answer: such files are refused. A row
without annotator and annotation is a task that nobody answered, whatever stands in it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic_core import from_json

from moderation.review.answers.answer import Found, NoAnswer
from moderation.review.answers.label_studio import by_control, reviewer_of
from moderation.review.answers.lookup import first_of, item_fields
from moderation.review.answers.rules import AnswerRules
from schemas.export import NoDecision
from schemas.verdicts import ReviewEntry, Verdict

_LAST = ("annotator", "annotation_id", "created_at", "updated_at", "lead_time")
OWN = frozenset({"id", "agreement", "history", *_LAST})
"""Columns that the tool writes itself."""
_COLLIDED = "_data_"
"""Before a key of the data that a control is named like, in CSV of newer versions."""
_VERDICTS = {"content_key", "model_fingerprint", "policy_version"}
_EMPTY = (None, "", "None", "{}")


def is_row(fields: Mapping[str, Any]) -> bool:
    """Whether a row is one of these."""
    return fields.keys() >= {"annotator", "annotation_id", "lead_time"}


def is_answered(fields: Mapping[str, Any]) -> bool:
    """Whether somebody sent it off."""
    return fields["annotation_id"] not in _EMPTY


def data_keys(fields: Mapping[str, Any], *, keeps_order: bool) -> set[str]:
    """Keys of which this row shows that they are of the task's data.

    Args:
        fields: the row.
        keeps_order: keys stand as the tool put them: data before its own ``id``.
    """
    names = [str(name) for name in fields]
    found = {name.removeprefix(_COLLIDED) for name in names if name.startswith(_COLLIDED)}
    if not is_answered(fields):
        found |= {name for name in names if fields[name] not in _EMPTY}
    if keeps_order and "id" in names and _as_written(names):
        found |= {*names[: names.index("id")]}
    if _VERDICTS & {*names}:
        found |= {*Verdict.model_fields, *ReviewEntry.model_fields}
    return found - OWN


def controls(fields: Collection[str], rules: AnswerRules) -> list[str]:
    """The columns that answers are looked for in."""
    asked = rules.columns.get("label")
    return [asked] if asked else [name for name in rules.tasks if name in fields]


def answers(fields: Mapping[str, Any], rules: AnswerRules) -> Iterator[Found]:
    """What a row says, by control."""
    if not is_answered(fields):
        yield NoAnswer(NoDecision.UNANSWERED)
        return
    columns = rules.columns
    where = f"task {fields.get('id')}, annotation {fields['annotation_id']}"
    data = {name: value for name, value in fields.items() if name not in OWN}
    said = {
        **item_fields(data, rules),
        "reviewer": reviewer_of(first_of(fields, columns.get("reviewer"), "annotator")),
        "decided_at": first_of(fields, columns.get("decided_at"), "updated_at", "created_at"),
    }
    picked = {name: fields.get(name) for name in controls(fields, rules)}
    chosen = {name: _labels(value) for name, value in picked.items() if value not in _EMPTY}
    yield from by_control(chosen, said=said, where=where, rules=rules)


def _as_written(names: list[str]) -> bool:
    last = [name for name in names if name in _LAST]
    return tuple(last) == _LAST and names != sorted(names)


def _labels(value: Any) -> list[str] | None:
    """One tick is a text, several are ``{"choices": […]}``; in CSV that is JSON in the cell."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        with contextlib.suppress(ValueError):
            value = from_json(value)
    if isinstance(value, Mapping):
        value = value.get("choices")
    elif isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        return None
    parts = [[each] if isinstance(each, str) else _labels(each) for each in value]
    found: list[str] = []
    for part in parts:
        if part is None:
            return None
        found += [each for each in part if each not in found]
    return found
