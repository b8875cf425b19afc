"""The rows that meet in an evaluation: what JSON can say, ready to be packed for the shuffle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

_CHARS = 100

Probabilities = list[tuple[str, float]]
"""Label and probability, in the order of the task's labels."""


class ScoreRow(NamedTuple):
    """A verdict, or a row of a score file."""

    item_id: str
    kind: str | None
    """None: a score file that does not say."""
    source: str
    row: int
    tasks: dict[str, Probabilities]
    modalities: str | None
    """What the model was shown, as in ``text+img``."""
    pictures: Sequence[str] = ()
    """Digests of what the item holds: its content, its pictures' bytes."""
    decided: Any = None
    """A ``Decided``, or its values; None: a score file says nothing of it."""


class LabelRow(NamedTuple):
    """What is true of an item."""

    item_id: str
    kind: str | None
    source: str
    row: int
    task: str | None
    """None: the task that the kind's label answers."""
    label: str | list[str] | None
    """None: the row has none; a list: of a task with several labels an item."""
    slices: list[str | None]
    """In the order of the columns that were asked for."""
    group: str | None = None
    """What the row says of its group."""
    texts: Sequence[str] = ()
    """As groups compare them; of rows without a group."""
    pictures: Sequence[str] = ()
    """Digests of what its pictures are called."""


class LostRow(NamedTuple):
    """An item that a scoring run has as a dead letter."""

    item_id: str
    kind: str | None
    code: str


class FormerRow(NamedTuple):
    """A row of an earlier evaluation's ``items``."""

    item_id: str
    kind: str
    task: str
    label: str
    probabilities: Probabilities


class WantedRow(NamedTuple):
    """A row of the file that a submission is made for."""

    item_id: str
    source: str
    row: int


def text_of(value: Any) -> str | None:
    """A slice's value as text; None where there is none."""
    if value is None or value == "" or isinstance(value, bytes):
        return None
    if isinstance(value, (list, tuple)):
        return "+".join(map(str, value))[:_CHARS] or None
    return str(value)[:_CHARS]
