"""What becomes of an item's rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.items import Record
from moderation.verdicts.decide import Outcome
from moderation.verdicts.judgement import Judgement
from moderation.verdicts.shown.choose import Place
from schemas.policy import Decision


@dataclass(slots=True)
class Fate:
    """What becomes of an item's rows, and what was seen of them."""

    judgement: Judgement
    outcome: Outcome | None = None
    """None: the item has a failure instead."""
    shared: tuple[Any, ...] = ()
    """Of a verdict: what all the rows have."""
    rows: int = 0
    first: Record | None = None
    """By source and row, where people are to see the item."""
    item_id: str = ""
    """The least of its rows'."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """By field, as its first row has them."""
    slices: Counter[int] | None = None
    """Its rows by slice."""
    to_be_seen: bool = field(init=False)
    """Whether the item goes to the review queue."""
    places: Sequence[Place] = ()
    """Among the items that the audit shows."""

    def __post_init__(self) -> None:
        self.to_be_seen = bool(self.outcome and self.outcome.to_be_seen)

    @property
    def is_told(self) -> bool:
        """Whether its text may be told: it is flagged, or in the review queue."""
        outcome = self.outcome
        return bool(outcome and (self.to_be_seen or outcome.decision is not Decision.CLEAR))

    @property
    def to_be_shown(self) -> bool:
        """Whether one of its rows is shown: to who reviews, in the audit, as an example."""
        return self.to_be_seen or bool(self.places or self.judgement.matches)

    def count(self, packed: tuple[Any, ...]) -> None:
        """Count one of the item's rows."""
        item_id = Record.id_of(packed)
        if not self.rows or item_id < self.item_id:
            self.item_id = item_id
        self.rows += 1

    def see(self, record: Record) -> None:
        """Keep the first row of an item that people are to see."""
        first = self.first
        if first is None or (record.source, record.row) < (first.source, first.row):
            self.first = record

    def letter(self, record: Record) -> DeadLetter:
        """Of a row whose item could not be judged."""
        failure = self.judgement.failure
        assert failure is not None
        code, message = failure.code, failure.message
        return DeadLetter.of(record, code, message, stage=failure.stage, attempts=failure.attempts)
