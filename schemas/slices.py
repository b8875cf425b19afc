"""How often flags are raised in a part of a run: the rows that share a column's value."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict

from schemas.figures import Proportion


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SliceKind(str, Enum):
    """What the rows of a slice have in the column."""

    VALUE = "value"
    MISSING = "missing"
    """Nothing: no such column, null, or an empty text."""
    NO_TIME = "no_time"
    """Something that cannot be read as a time, where the slices are by time."""


class Differs(str, Enum):
    """How a slice's rate lies to that of all other items, beyond chance."""

    HIGHER = "higher"
    LOWER = "lower"


class SliceFlag(_Model):
    """One flag in one slice. An item is in every slice that a row of it is in."""

    flag: str
    raised: Proportion
    """Of the slice's distinct items that the flag's task judged, with Wilson's interval."""
    rest: Proportion
    """Of all other items."""
    p_value: float
    """Fisher's exact test of both, two-sided."""
    p_adjusted: float
    """The same by Holm's correction for all comparisons of the run."""
    differs: Differs | None
    """Where ``p_adjusted`` is at most ``Slices.level``."""


class Slice(_Model):
    """Rows with a verdict that share a column's value."""

    column: str
    """As it was asked for: ``lang``, ``created_at:day``."""
    kind: SliceKind
    value: str | None
    """Cut at 120 characters; null of what has none."""
    rows: int
    items: int
    flags: list[SliceFlag]
    """Of the flags that judged any item of it, and any other."""


class SliceColumn(_Model):
    """What became of one column."""

    column: str
    slices: int
    """Distinct values, a missing one included."""
    rows: int
    too_small: int
    """Slices with fewer items than ``Slices.least_items``."""
    rows_too_small: int
    left_out: int
    """Of the others those beyond the ``Slices.most`` with most items."""
    rows_left_out: int


class Slices(_Model):
    """All slices that were asked for."""

    least_items: int
    most: int
    """Slices a column."""
    level: float
    comparisons: int
    """That ``p_adjusted`` is corrected for."""
    columns: list[SliceColumn]
    slices: list[Slice]
    """The worst first: higher than the rest beyond chance, the surest first; then the others by
    how sure it is that they are higher; lower ones last."""
