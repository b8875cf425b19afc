"""Rejections: dead letters to be, of records and of rows made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moderation.records.items import Record, Rejection
from schemas.codes import Code, Stage
from schemas.records import Kind


def reject(
    record: Record,
    code: Code,
    message: str,
    *,
    stage: Stage = Stage.VALIDATE,
    attempts: int = 1,
) -> Rejection:
    """The dead letter to be of a record."""
    return Rejection(
        source=record.source,
        row=record.row,
        item_id=record.item_id,
        kind=record.kind,
        stage=stage,
        code=code,
        message=message,
        body=record.body,
        body_is_json=True,
        redacted=record.redacted,
        attempts=attempts,
    )


def reject_row(row: Mapping[str, Any], code: Code, message: str, *, stage: Stage) -> Rejection:
    """The dead letter to be of a row."""
    return Rejection(
        source=row["source"],
        row=row["row"],
        item_id=row["item_id"],
        kind=Kind(row["kind"]),
        stage=stage,
        code=code,
        message=message,
        body=row["body"],
        body_is_json=True,
        redacted=tuple(row["redacted"]),
    )
