"""Dead letters on their way to a run's table: one line and one count each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from moderation.audit.drift.counts import count_lost
from moderation.audit.drift.families import block_of_row
from moderation.audit.losses import count_loss, is_loss
from moderation.audit.progress import progress
from moderation.audit.tally_transforms import Tallying
from moderation.records.dead_letters.letter import DeadLetter
from moderation.storage.shards import TableLayout
from schemas.codes import Stage

DEAD_LETTERS = TableLayout("dead_letters")

_OF_ROWS = (Stage.READ, Stage.VALIDATE)
"""Where a row is lost before it is an item; an item's loss is counted with it."""


@dataclass(eq=False)
class ToDeadLetters(Tallying):
    """``DeadLetter`` → a row of ``dead_letters/``, and a ``Tally`` a bundle."""

    run_id: str
    run_started_at: str

    def process(self, letter: DeadLetter) -> Iterator[dict[str, Any]]:
        """Write it down, count it, keep it as an example."""
        stage, code = letter.stage.value, letter.code.value
        self._tally.add("account", "dead_lettered")
        self._tally.add("dead", stage, code)
        self._tally.add("source_dead", letter.read_from)
        if letter.passed_on:
            self._tally.add("passed_on", stage, code)
        elif letter.stage in _OF_ROWS:
            told = letter.body or letter.line or letter.message
            count_lost(self._tally, block_of_row(told), dead=True)
        example = letter.source, letter.row or 0, letter.item_id or "", letter.message
        self._tally.example(stage, code, example)
        if is_loss(letter.code, letter.row) and not letter.passed_on:
            count_loss(self._tally, letter.source, letter.lost, letter.message)
        progress.dead()
        yield table_row(letter, run_id=self.run_id, run_started_at=self.run_started_at)


def table_row(letter: DeadLetter, *, run_id: str, run_started_at: str) -> dict[str, Any]:
    """A letter as a line of ``dead_letters/``."""
    past = letter.history
    return {
        "run_id": run_id,
        "source": letter.source,
        "row": letter.row,
        "item_id": letter.item_id,
        "kind": letter.kind.value if letter.kind else None,
        "stage": letter.stage.value,
        "code": letter.code.value,
        "retryable": letter.code.retryable,
        "attempts": letter.attempts + (past.attempts if past else 0),
        "message": letter.message,
        "record": letter.line if letter.body is None else from_json(letter.body),
        "redacted": list(letter.redacted),
        "run_started_at": run_started_at,
        "history": past.told(tried=not letter.passed_on) if past else None,
    }
