"""Shares of splits as the command line has them. Light: read before anything is imported."""

from __future__ import annotations

from collections.abc import Sequence

SPLITS = ("train", "validation", "test")
"""By the Hub's names."""

_USUAL = (
    frozenset({"train", "training"}),
    frozenset({"val", "valid", "validation", "dev", "development"}),
    frozenset({"test", "testing"}),
)
"""Names that data sets give to one split."""


class SplitError(ValueError):
    """Splits that cannot be made; the message says what to do."""


def parse_splits(text: str) -> dict[str, float]:
    """``"train=0.85,val=0.05,test=0.10"`` as shares by name; a total near 1 is made 1.

    Raises:
        SplitError: for names that make no file name, and shares that are none.
    """
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals or not name.replace("_", "").isalnum() or not name.isascii():
            raise SplitError("write NAME=SHARE,…, as in train=0.85,val=0.05,test=0.10")
        try:
            share = float(value)
        except ValueError:
            raise SplitError(f"{value!r} is no number") from None
        if name in shares:
            raise SplitError(f"{name!r} is named twice")
        if not 0 <= share <= 1:
            raise SplitError(f"the share {value} is not between 0 and 1")
        shares[name] = share
    total = sum(shares.values())
    if abs(total - 1) > 1e-6:
        raise SplitError(f"the shares add up to {total:g}, not to 1")
    return {name: share / total for name, share in shares.items()}


def split_of(value: object, names: Sequence[str]) -> str | None:
    """The split that a column's value names, in the spelling of ``names``; None where it has none.

    Case and blanks do not matter, and where ``names`` has no such name, ``dev`` and ``validation``
    are ``val``.
    """
    if not isinstance(value, str):
        return None
    folded = value.strip().casefold()
    alike = next((usual for usual in _USUAL if folded in usual), frozenset())
    for found in (
        [name for name in names if name == value],
        [name for name in names if name.casefold() == folded],
        [name for name in names if name.casefold() in alike],
    ):
        if len(found) == 1:
            return found[0]
    return None
