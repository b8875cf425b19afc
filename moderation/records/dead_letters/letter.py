"""The dead letter: a row, or a part of a file, that a run could not use, and why."""

from __future__ import annotations

from dataclasses import dataclass

from moderation.records.dead_letters.history import History
from moderation.records.items import Record
from moderation.records.redact import redact_line
from moderation.records.rows import BadRow
from schemas.codes import Code, Stage
from schemas.records import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """Where something was lost, at which stage and why; it becomes a line of ``dead_letters/``.

    ``DeadLetter.of`` makes one of a record, ``DeadLetter.of_bad_row`` of what a format could not
    parse; what is known of a row otherwise is given by name.
    """

    source: str
    row: int | None
    """None: a whole file, or a part of it."""
    stage: Stage
    code: Code
    message: str
    item_id: str | None = None
    kind: Kind | None = None
    body: str | None = None
    """The row as it came, as JSON."""
    line: str | None = None
    """The row's own text, where it is no JSON."""
    redacted: tuple[str, ...] = ()
    """Columns of ``body`` that lost something."""
    attempts: int = 1
    """Of this run; 0: the record came in a letter, and was not tried."""
    history: History | None = None
    """Of a record that came in an earlier run's letter."""
    lost: int | None = None
    """Of a part of a file: rows that were lost with it; None where nobody can know."""

    @classmethod
    def of(
        cls,
        record: Record,
        code: Code,
        message: str,
        *,
        stage: Stage = Stage.VALIDATE,
        attempts: int = 1,
    ) -> DeadLetter:
        """Of a record, with its body."""
        return cls(
            source=record.source,
            row=record.row,
            stage=stage,
            code=code,
            message=message,
            item_id=record.item_id,
            kind=record.kind,
            body=record.body,
            redacted=record.redacted,
            attempts=attempts,
            history=record.history,
        )

    @property
    def passed_on(self) -> bool:
        """Whether it is an earlier run's letter whose record this run did not try."""
        return self.attempts == 0

    @property
    def read_from(self) -> str:
        """The file of this run's inputs that it was read from."""
        return self.history.read_from if self.history else self.source

    @classmethod
    def of_bad_row(cls, row: BadRow, *, stage: Stage = Stage.READ) -> DeadLetter:
        """Of a row, or a part of a file, that could not be parsed."""
        return cls(
            source=row.source,
            row=row.row,
            stage=stage,
            code=row.code,
            message=row.message,
            line=None if row.raw is None else redact_line(row.raw),
            lost=row.lost,
        )
