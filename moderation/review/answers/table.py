"""Rows that are decisions themselves: ours, and any table whose columns are named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moderation.records.layout import renamed
from moderation.records.paths import paths_among, reached
from moderation.review.answers.answer import ANSWER_FIELDS, Answer, Found, NoAnswer
from moderation.review.answers.rules import AnswerRules
from schemas.decision_lines import Entry
from schemas.export import NoDecision

_OURS = tuple(each.value for each in Entry)


def is_whole(fields: Mapping[str, Any], rules: AnswerRules) -> bool:
    """Whether a row has a column for all that a decision needs."""
    found = _under_our_names(fields, rules)
    return found.keys() >= {name for name in ANSWER_FIELDS if name != "task"}


def answers(fields: Mapping[str, Any], rules: AnswerRules, source: str) -> Iterator[Found]:
    """The row's one decision; of ``pipelines.review`` also what was skipped or taken back."""
    entry, task = fields.get("entry"), fields.get("task")
    if entry == Entry.SKIPPED.value or (entry == Entry.WITHDRAWN.value and not task):
        yield NoAnswer(NoDecision.SKIPPED)
        return
    found = rules.completed(_under_our_names(fields, rules), source)
    if "label" in found:
        found["label"] = rules.renamed_label(found["label"])
    ours = entry in _OURS and isinstance(fields.get("content_key"), str)
    yield Answer(
        found,
        withdraws=entry == Entry.WITHDRAWN.value,
        content_key=fields["content_key"] if ours else "",
    )


def _under_our_names(fields: Mapping[str, Any], rules: AnswerRules) -> dict[str, Any]:
    whole = reached(fields, paths_among(rules.columns.values()))
    named = renamed(whole, rules.columns)
    return {name: value for name, value in named.items() if name in ANSWER_FIELDS}
