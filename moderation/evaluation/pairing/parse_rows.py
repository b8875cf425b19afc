"""From raw rows of files to the rows that meet in the join, or the reason why not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from moderation.evaluation.figures.sample import SUM_TOLERANCE
from moderation.evaluation.pairing.decided import Redecide, as_written
from moderation.evaluation.pairing.grouping import GroupBy
from moderation.evaluation.pairing.side_rows import (
    LabelRow,
    Probabilities,
    ScoreRow,
    WantedRow,
    text_of,
)
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.ids import MAX_ITEM_ID_CHARS, BadId, id_of
from moderation.records.labels import json_list, label_text, labels_text
from moderation.records.layout import Layout
from moderation.records.rows import BadRow, RawRow
from moderation.records.validate import InvalidRecord, item_ids
from schemas.codes import Code, Stage
from schemas.records import ID_FIELDS, Kind

_P = "p_"
_BY_DEFAULT = GroupBy()


class Unusable(Exception):
    """A row that cannot be used."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class LabelReader:
    """Rows of label files: records with a ``label``, or ``item_id`` and ``label``."""

    layout: Layout
    slice_columns: tuple[str, ...]
    group_by: GroupBy = _BY_DEFAULT

    def __call__(self, row: RawRow) -> LabelRow:
        """Raises ``Unusable``."""
        row = self.layout.reach(row)
        fields = self.layout.rename(row.fields)
        item_id, kind = self._identity(fields, row)
        group = group_of(fields, self.group_by)
        texts, pictures = ([], []) if group else self.group_by.contents_of(fields, kind)
        return LabelRow(
            item_id=item_id,
            kind=kind,
            source=row.source,
            row=row.row,
            task=_task(fields),
            label=label_of(fields.get("label")),
            slices=slices_of(fields, self.slice_columns),
            group=group,
            texts=texts,
            pictures=pictures,
        )

    def _identity(self, fields: Mapping[str, Any], row: RawRow) -> tuple[str, str | None]:
        kind = self.layout.kind_of(fields)
        if kind and "item_id" not in fields:
            fields = {**fields, **self.layout.made_ids(kind, row.source, row.row)}
        if kind and not set(ID_FIELDS[kind]) - fields.keys():
            return _record_id(fields, kind), kind.value
        if "item_id" in fields:
            return _item_id(fields), _kind(fields)
        raise Unusable(
            Code.UNKNOWN_KIND,
            f"the columns {sorted(map(str, fields))[:20]} name no item: a label's row has item_id, "
            "or the ids of a record (id; id_1 and id_2). Name them with --columns",
        )


def read_scores(row: RawRow) -> ScoreRow:
    """A row of a score file: ``item_id``, ``task``, ``p_LABEL``…, perhaps ``kind``.

    Raises:
        Unusable: where it is none.
    """
    fields = row.fields
    task = _task(fields)
    if task is None:
        raise Unusable(Code.MISSING_FIELD, "'task' is missing or empty")
    given = [
        (name[len(_P) :], value)
        for name, value in fields.items()
        if isinstance(name, str) and name.startswith(_P) and value not in (None, "")
    ]
    if len(given) < 2:
        raise Unusable(
            Code.MISSING_FIELD, "a score's row has p_LABEL for every label of its task, two or more"
        )
    return ScoreRow(
        item_id=_item_id(fields),
        kind=_kind(fields),
        source=row.source,
        row=row.row,
        tasks={task: [(label, _number(label, value)) for label, value in given]},
        modalities=text_of(fields.get("modalities")),
    )


def read_verdict(row: RawRow, decide: Redecide | None = None) -> ScoreRow:
    """A row of ``verdicts/``, decided again where there is something to decide by."""
    fields = row.fields
    tasks: dict[str, Probabilities] = {}
    for name, p in pairs(fields["probabilities"]):
        task, _, label = name.partition(".")
        tasks.setdefault(task, []).append((label, p))
    return ScoreRow(
        item_id=fields["item_id"],
        kind=fields["kind"],
        source=fields["source"],
        row=fields["row"],
        tasks=tasks,
        modalities="+".join(fields["modalities"]) or None,
        pictures=_held(fields),
        decided=as_written(fields) if decide is None else decide(fields, tasks),
    )


def _held(fields: Mapping[str, Any]) -> list[str]:
    """Digests of a verdict's content and of its pictures."""
    images = fields.get("images") or ()
    digests = (fields.get("content_key"), *(image["sha256"] for image in images))
    return [each for each in digests if each]


def read_wanted(row: RawRow, layout: Layout) -> WantedRow:
    """A row of the file that a submission is for; raises ``Unusable``."""
    row = layout.reach(row)
    made = layout.made_ids(Kind.MEME, row.source, row.row)
    item_id = _record_id({**layout.rename(row.fields), **made}, Kind.MEME)
    return WantedRow(item_id, row.source, row.row)


def check_scores(row: ScoreRow, multi_label: frozenset[str]) -> None:
    """Raise ``Unusable`` where probabilities are none."""
    for task, given in row.tasks.items():
        values = [p for _, p in given]
        if not all(isinstance(p, (int, float)) and 0.0 <= p <= 1.0 + 1e-6 for p in values):
            raise Unusable(Code.INVALID_VALUE, f"{task}: a probability lies outside 0 to 1")
        if task not in multi_label and abs(math.fsum(values) - 1.0) > SUM_TOLERANCE:
            raise Unusable(
                Code.INVALID_VALUE,
                f"{task}: the probabilities sum to {math.fsum(values):.4g}, not to 1 (is it a "
                "--multi_label task?)",
            )


def label_of(value: Any) -> str | list[str] | None:
    """A label as ``moderation.records.labels`` has it, a list of them, or None for no answer."""
    listed = json_list(value) if isinstance(value, str) else value
    if isinstance(listed, (list, tuple)):
        return labels_text(listed)
    return label_text(value)


def slices_of(fields: Mapping[str, Any], columns: Sequence[str]) -> list[str | None]:
    """Values of the columns; what is none of the row's is looked for in its ``extras``."""
    if all(column in fields for column in columns):
        return [text_of(fields[column]) for column in columns]
    extras = fields.get("extras")
    if isinstance(extras, str) and extras.startswith("{"):
        extras = from_json(extras)
    more = extras if isinstance(extras, dict) else {}
    return [text_of(fields.get(column, more.get(column))) for column in columns]


def group_of(fields: Mapping[str, Any], by: GroupBy) -> str | None:
    """What a row, or its ``extras``, says of its group."""
    return slices_of(fields, (by.column,))[0] if by.column else None


def pairs(probabilities: Any) -> Any:
    """A map as JSON has it, or the pairs that Parquet gives."""
    return probabilities.items() if isinstance(probabilities, Mapping) else probabilities


def rejected(
    row: RawRow | BadRow, code: Code, message: str, *, item_id: str | None = None
) -> DeadLetter:
    """The dead letter; without the row, which lies where it was read."""
    return DeadLetter(
        source=row.source,
        row=row.row,
        item_id=item_id,
        stage=Stage.READ if isinstance(row, BadRow) else Stage.VALIDATE,
        code=code,
        message=message,
        lost=row.lost if isinstance(row, BadRow) else None,
    )


def _record_id(fields: Mapping[str, Any], kind: Kind) -> str:
    try:
        return ":".join(item_ids(fields, kind).values())
    except InvalidRecord as error:
        raise Unusable(error.code, error.message) from error


def _item_id(fields: Mapping[str, Any]) -> str:
    try:
        return id_of(fields, "item_id", max_chars=MAX_ITEM_ID_CHARS)
    except BadId as problem:
        raise Unusable(problem.code, str(problem)) from problem


def _task(fields: Mapping[str, Any]) -> str | None:
    task = text_of(fields.get("task"))
    return (task.strip() or None) if task else None


def _kind(fields: Mapping[str, Any]) -> str | None:
    value = fields.get("kind")
    if value in (None, ""):
        return None
    if value not in [kind.value for kind in Kind]:
        raise Unusable(Code.UNKNOWN_KIND, f"{str(value)[:50]!r} is no kind of record")
    return str(value)


def _number(label: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise Unusable(Code.WRONG_TYPE, f"'{_P}{label}' is no number") from None
