"""Which of two labels is the positive one: the one that flags, ROC curves and a ``1`` are about.

The place of a label decides nothing where its name tells: ``hateful`` beside ``not_hateful`` is the
positive one in either order. Where no name tells, the second of the order is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NEGATIONS = frozenset({"not", "no", "non", "never", "without", "isnt", "nor"})
_GLUED = ("not", "non", "no")
_YES = frozenset({"1", "true", "yes", "y", "t", "positive", "pos", "present", "nsfw"})
_NO = frozenset((
    "0", "false", "n", "f", "negative", "neg", "absent", "none", "nil", "neither", "other",
    "others", "safe", "sfw", "clean", "normal", "benign", "neutral", "ok", "okay", "ham",
    "harmless", "unharmful", "legit", "legitimate", "acceptable", "appropriate", "allowed",
    "civil",
))  # fmt: skip
"""Names of what nobody has to look at."""


def positive_place(names: Sequence[str], task: str | None = None) -> int:
    """The place of the positive one of two labels; where no name tells, 1.

    Args:
        names: the two labels in their order.
        task: what they answer; a label named after it is the positive one.
    """
    found = named_positive(names, task)
    return 1 if found is None else found


def named_positive(names: Sequence[str], task: str | None = None) -> int | None:
    """The same where a name tells; None where none does, or where there are not two labels."""
    return _named(tuple(names), task) if len(names) == 2 else None


@lru_cache(maxsize=4096)
def _named(names: tuple[str, ...], task: str | None) -> int | None:
    """By the task's name, by what each label says alone, by what the two differ in."""
    parts = [words(name) for name in names]
    if task is not None:
        asked = [place for place, part in enumerate(parts) if part == words(task)]
        if len(asked) == 1:
            return asked[0]
    first, second = map(polarity, parts)
    if first == second:
        first, second = _glued(*("".join(part) for part in parts))
    if first == second:
        first, second = map(polarity, _differing(*parts))
    return None if first == second else int(second > first)


def words(label: str) -> tuple[str, ...]:
    """The words of a label: case, blanks and signs between them do not count."""
    if label.strip() == "-1":
        return ("0",)
    return tuple(re.findall(r"[^\W_]+", _CAMEL.sub(" ", label).casefold()))


def without_negation(parts: Sequence[str]) -> tuple[bool, tuple[str, ...]]:
    """Whether words begin with a negation (two make none), and the words behind it."""
    negated, rest = False, tuple(parts)
    while rest and rest[0] in _NEGATIONS:
        negated, rest = not negated, rest[1:]
    if len(rest) > 1 and rest[-1] == "free":
        negated, rest = not negated, rest[:-1]
    return negated, rest


def polarity(parts: Sequence[str]) -> int:
    """1 for a yes, -1 for a no or what is negated, 0 for a name that says what it is about."""
    negated, rest = without_negation(parts)
    core = "_".join(rest)
    plain = (core in _YES) - (core in _NO)
    return (-plain or -1) if negated else plain


def _glued(first: str, second: str) -> tuple[int, int]:
    """``nontoxic`` beside ``toxic``: a negation that is written together with its word."""
    return -int(first in _negations_of(second)), -int(second in _negations_of(first))


def _negations_of(label: str) -> set[str]:
    return {f"{prefix}{label}" for prefix in _GLUED}


def _differing(
    first: tuple[str, ...], second: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is left of each without the words that both begin and both end with."""
    while first and second and first[0] == second[0]:
        first, second = first[1:], second[1:]
    while first and second and first[-1] == second[-1]:
        first, second = first[:-1], second[:-1]
    return first, second
