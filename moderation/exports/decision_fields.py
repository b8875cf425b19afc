"""The columns of a decisions file under the names that we know, their values made plain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moderation.records.ids import MAX_ITEM_ID_CHARS, id_of
from moderation.records.labels import json_list, label_text
from moderation.review.answers.answer import ANSWER_FIELDS

FIELDS = ANSWER_FIELDS
_SHOWN_COLUMNS = 20


def decision_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """An answer, with ids, tasks and labels as everything else spells them.

    Raises:
        BadId: its item id is none.
    """
    given = {name: value for name, value in fields.items() if name in FIELDS}
    if "item_id" in given:
        given["item_id"] = id_of(given, "item_id", max_chars=MAX_ITEM_ID_CHARS)
    if isinstance(given.get("task"), str):
        given["task"] = given["task"].strip()
    if "label" in given:
        given["label"] = _label(given["label"])
    return given


def lacking(fields: Mapping[str, Any], given: Mapping[str, Any]) -> str | None:
    """What a row without a column that decisions need should be told; None where it has all.

    Args:
        fields: under our names.
        given: as the row came.
    """
    names = [name for name in FIELDS if name not in fields]
    if not names:
        return None
    columns = sorted(map(str, given))[:_SHOWN_COLUMNS]
    return (
        f"{', '.join(names)}: missing; the row has {columns}. Name the columns, as in "
        "--decision_columns label=choice,reviewer=annotator,decided_at=created_at (task= where "
        "there is none), or say what no row has with --decision_defaults"
    )


def _label(value: Any) -> Any:
    listed = json_list(value) if isinstance(value, str) else value
    if isinstance(listed, (list, tuple)):
        return [label_text(each) or "" for each in listed]
    return label_text(value)
