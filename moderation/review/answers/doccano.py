"""doccano's JSONL: ``label`` lists, and of earlier versions ``annotations``.

Whoever exports knows what the file does not say. Lists have neither a person nor a moment; numbers
stand for labels in ``annotations``. A list without a label is an example that nobody answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moderation.review.answers.answer import Answer, BadAnswer, Found, NoAnswer
from moderation.review.answers.lookup import first_of, item_fields
from moderation.review.answers.rules import AnswerRules
from schemas.codes import Code
from schemas.export import NoDecision

_JOINED = "#"
"""Between the labels of a cell, in its CSV."""


def is_example(fields: Mapping[str, Any]) -> bool:
    """Whether a row is an example as one of its exports has it."""
    if _by_user(fields) is not None:
        return "data" not in fields
    label = fields.get("label", fields.get("labels"))
    shown = "text" in fields or "filename" in fields
    return shown and (isinstance(label, list) or (is_marked(fields) and "label" in fields))


def is_marked(fields: Mapping[str, Any]) -> bool:
    """Whether a row has columns that no other tool writes."""
    own = "Comments" in fields or "annotation_approver" in fields
    return own or _by_user(fields) is not None


def answers(fields: Mapping[str, Any], rules: AnswerRules, source: str) -> Iterator[Found]:
    """What an example's people said."""
    meta = fields.get("meta")
    data = {**fields, **meta} if isinstance(meta, Mapping) else fields
    item = item_fields(data, rules, own_id=isinstance(meta, Mapping) and "id" in meta)
    if "task" not in item and rules.columns.get("task") != "" and data.get("task"):
        item["task"] = data["task"]
    by_user = _by_user(fields)
    where = f"example {fields.get('id')}"
    if by_user is None:
        yield _listed(fields, {**item, **_said(fields, rules)}, rules, source, where)
    elif not by_user:
        yield NoAnswer(NoDecision.UNANSWERED)
    for user, own in (by_user or {}).items():
        dated = [first_of(each, None, "updated_at", "created_at") for each in own]
        moments = [each for each in dated if each is not None]
        said = {"reviewer": user, **({"decided_at": max(map(str, moments))} if moments else {})}
        yield _numbered(own, rules.completed({**item, **said}, source), rules, where)


def _said(fields: Mapping[str, Any], rules: AnswerRules) -> dict[str, Any]:
    """Reviewer and moment, where somebody put them into the file's own columns."""
    columns = rules.columns
    found = {n: first_of(fields, columns.get(n), n) for n in ("reviewer", "decided_at")}
    return {name: value for name, value in found.items() if value is not None}


def _listed(
    fields: Mapping[str, Any],
    item: Mapping[str, Any],
    rules: AnswerRules,
    source: str,
    where: str,
) -> Found:
    name = rules.columns.get("label") or ("label" if "label" in fields else "labels")
    labels = fields.get(name)
    if isinstance(labels, str):
        labels = [part for part in labels.split(_JOINED) if part]
    if not labels:
        return NoAnswer(NoDecision.UNANSWERED)
    if not isinstance(labels, list) or not all(isinstance(each, str) for each in labels):
        message = f"{where}, {name!r}: no list of labels of the whole example"
        return BadAnswer(Code.WRONG_TYPE, message, item)
    label = rules.renamed_label(labels[0] if len(labels) == 1 else labels)
    return Answer(rules.completed({**item, "label": label}, source), where)


def _numbered(
    annotations: list[Mapping[str, Any]],
    item: Mapping[str, Any],
    rules: AnswerRules,
    where: str,
) -> Found:
    labels = [rules.renamed_label(each.get("label")) for each in annotations]
    numbers = [each for each in labels if not isinstance(each, str)]
    if numbers:
        message = (
            f"{where}, annotations: label {numbers[0]!r} is doccano's own number of a label: say "
            f"what its numbers mean, as in decision_labels {numbers[0]}=hateful"
        )
        return BadAnswer(Code.INVALID_VALUE, message, item)
    return Answer({**item, "label": labels[0] if len(labels) == 1 else labels}, where)


def _by_user(fields: Mapping[str, Any]) -> dict[Any, list[Mapping[str, Any]]] | None:
    """The annotations of each person; None where the row is of the other form."""
    annotations = fields.get("annotations")
    if not isinstance(annotations, list):
        return None
    by_user: dict[Any, list[Mapping[str, Any]]] = {}
    for each in annotations:
        if not isinstance(each, Mapping) or "label" not in each:
            return None
        if not isinstance(each.get("user"), (str, int)):
            return None
        by_user.setdefault(each["user"], []).append(each)
    return by_user
