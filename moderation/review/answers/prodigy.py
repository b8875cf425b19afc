"""Prodigy's JSONL (``db-out``): ``answer``, and ``accept`` where people chose among options.

Ignored tasks are no decisions, nor are choices that were rejected as a whole. A single ``label``
that was rejected says that it is not the item's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from moderation.review.answers.answer import Answer, BadAnswer, Found, NoAnswer
from moderation.review.answers.lookup import first_of, item_fields
from moderation.review.answers.rules import AnswerRules
from schemas.codes import Code
from schemas.export import NoDecision

_MARKS = ("_task_hash", "_input_hash", "_view_id")
_NAMELESS = re.compile(r"(?:.*-)?\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d")
"""A session that nobody named bears the moment it was started."""


def is_example(fields: Mapping[str, Any]) -> bool:
    """Whether a row is one of Prodigy's."""
    return any(name in fields for name in _MARKS)


def answers(fields: Mapping[str, Any], rules: AnswerRules, source: str) -> Iterator[Found]:
    """What one annotated example says."""
    answer = fields.get("answer")
    if answer is None:
        yield NoAnswer(NoDecision.UNANSWERED)
        return
    meta = fields.get("meta")
    data = {**fields, **meta} if isinstance(meta, Mapping) else fields
    item = item_fields(data, rules, own_id=True)
    if "task" not in item and rules.columns.get("task") != "" and data.get("task"):
        item["task"] = data["task"]
    said = rules.completed({**item, **_said(fields, rules)}, source)
    if answer == "ignore":
        yield NoAnswer(NoDecision.SKIPPED)
    elif answer not in ("accept", "reject"):
        message = f"'answer' is {str(answer)[:50]!r}, none of accept, reject and ignore"
        yield BadAnswer(Code.INVALID_VALUE, message, said)
    elif "accept" in fields:
        yield _choice(fields, said, rules)
    else:
        yield _single(fields, said, rules)


def _said(fields: Mapping[str, Any], rules: AnswerRules) -> dict[str, Any]:
    columns = rules.columns
    reviewer = first_of(fields, columns.get("reviewer"), "_annotator_id", "_session_id")
    if isinstance(reviewer, str) and _NAMELESS.fullmatch(reviewer):
        reviewer = None
    moment = first_of(fields, columns.get("decided_at"), "_timestamp")
    found = {"reviewer": reviewer, "decided_at": moment}
    return {name: value for name, value in found.items() if value is not None}


def _choice(fields: Mapping[str, Any], said: Mapping[str, Any], rules: AnswerRules) -> Found:
    """Options by their ids; an id that is a number says nothing, so its text is the label."""
    if fields["answer"] == "reject":
        return NoAnswer(NoDecision.SKIPPED)
    accepted = fields["accept"]
    if not isinstance(accepted, list):
        return BadAnswer(Code.WRONG_TYPE, "'accept' is no list of options", said)
    if not accepted:
        return NoAnswer(NoDecision.UNANSWERED)
    options = fields.get("options")
    texts = {
        each["id"]: each.get("text")
        for each in (options if isinstance(options, list) else [])
        if isinstance(each, Mapping) and isinstance(each.get("id"), (str, int))
    }
    labels = [_label(each, texts, rules) for each in accepted]
    if None in labels:
        message = f"'accept' {accepted!r} names an option that 'options' has no text for"
        return BadAnswer(Code.INVALID_VALUE, message[:300], said)
    return Answer({**said, "label": labels[0] if len(labels) == 1 else labels}, "accept")


def _label(option: Any, texts: Mapping[Any, Any], rules: AnswerRules) -> Any:
    renamed = rules.renamed_label(option)
    if isinstance(renamed, str):
        return renamed
    text = texts.get(option) if isinstance(option, int) else None
    return rules.renamed_label(text) if isinstance(text, str) else None


def _single(fields: Mapping[str, Any], said: Mapping[str, Any], rules: AnswerRules) -> Found:
    label = first_of(fields, rules.columns.get("label"), "label")
    if not isinstance(label, str):
        return BadAnswer(Code.MISSING_FIELD, "neither 'accept' nor one 'label' is there", said)
    fields_ = {**said, "label": rules.renamed_label(label)}
    return Answer(fields_, "label", rejects=fields["answer"] == "reject")
