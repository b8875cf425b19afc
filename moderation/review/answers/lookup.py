"""Which item an answer is about: where tools keep the data that a task was made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moderation.records.ids import BadId, id_of
from moderation.records.paths import value_at
from moderation.review.answers.rules import AnswerRules
from schemas.records import ID_FIELDS, Kind


def item_fields(
    data: Mapping[str, Any], rules: AnswerRules, *, own_id: bool = False
) -> dict[str, Any]:
    """``item_id``, and ``task`` where the data name one, of the data that a task was made of.

    The column that the rules name; else ``item_id``; else a tweet pair's ids.

    Args:
        data: the task's.
        rules: name columns.
        own_id: ``id`` is the data's own, not the tool's: a meme's id where there is nothing else.
    """
    column = rules.columns.get("item_id", "item_id")
    found: dict[str, Any] = {}
    value = value_at(data, column)
    if value is None and "item_id" not in rules.columns:
        value = _record_id(data, own_id=own_id)
    if value is not None:
        found["item_id"] = value
    task = rules.columns.get("task", "task")
    if task and "label" in rules.columns and (named := value_at(data, task)) is not None:
        found["task"] = named
    return found


def _record_id(data: Mapping[str, Any], *, own_id: bool) -> Any:
    pair = ID_FIELDS[Kind.TWEET_PAIR]
    if data.keys() >= {*pair}:
        try:
            return ":".join(id_of(data, name) for name in pair)
        except BadId:
            return None
    return data.get("id") if own_id else None


def first_of(fields: Mapping[str, Any], column: str | None, *names: str) -> Any:
    """What the column has, or where none is named the first of the names that has something."""
    if column:
        return value_at(fields, column)
    return next((fields[name] for name in names if fields.get(name) not in (None, "")), None)
