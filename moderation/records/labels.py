"""Labels as people, tables and tools spell them, made plain: one rule for every pipeline.

Case and blanks do not matter, ``1.0`` is ``1``, and of two labels a yes is the positive one.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pydantic_core import from_json

from moderation.records.positive import positive_place, without_negation, words

SEPARATOR = "|"
"""Between the labels of a text that names several."""
_WHOLE = re.compile(r"(-?\d+)\.0+")
_NUMBER = re.compile(r"-?\d+")
_BETWEEN = re.compile(r"[\s_-]+")
_NONE = frozenset({"", "nan", "null", "none", "<na>", "n/a"})
_YES_NO = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def label_text(value: Any) -> str | None:
    """One label as text, without what a table's types did to it; None where there is none.

    Blanks around it go, ``1.0`` and True are ``1``. What says *nothing here* in words stays
    (``is_no_label``): it may be a label's name.
    """
    if value is None or isinstance(value, (bytes, dict, list, tuple)):
        return None
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (float, Decimal)) and math.isnan(value):
        return None
    try:
        text = str(value).strip()
    except ValueError:  # Python refuses to print integers of thousands of digits
        return "…"
    whole = _WHOLE.fullmatch(text)
    return (whole[1] if whole else text) or None


def is_no_label(label: str) -> bool:
    """Whether a text says that there is no label, as tables write a gap."""
    return label.strip().casefold() in _NONE


def labels_text(value: Any, separator: str = SEPARATOR) -> list[str] | None:
    """The labels of a value that may name several, each as ``label_text``; None for no answer.

    A list, a JSON array as text, or names with the separator between them; the separator alone is
    none of the labels. An empty name in a list is ``""``.
    """
    if isinstance(value, str):
        if is_no_label(value):
            return None
        listed = json_list(value)
        value = [p for p in value.split(separator) if p.strip()] if listed is None else listed
    if isinstance(value, (list, tuple)):
        return [label_text(each) or "" for each in value]
    text = label_text(value)
    return None if text is None or is_no_label(text) else [text]


def json_list(text: str) -> list[Any] | None:
    """The values of a JSON array; None where a text is none."""
    if not text.strip().startswith("["):
        return None
    try:
        return list(from_json(text))
    except ValueError:
        return None


def place_of(
    label: str, names: Sequence[str], task: str | None = None, *, yes_or_no: bool = True
) -> int | None:
    """The place of a label among a task's; None where the task has no such label.

    The very name first, then one that differs in case, blanks, ``_`` and ``-`` alone. Of two labels
    what is not the one is the other (``non-hateful``), ``1``, ``true`` and ``yes`` are the positive
    one and ``0``, ``false`` and ``no`` the other; where the two have no names but those, the task's
    name is the positive one.

    Args:
        label: as somebody wrote it.
        names: the task's labels in their order.
        task: its name.
        yes_or_no: labels exclude each other; else two are two questions, and no yes is either.
    """
    return _place(label, tuple(names), task, yes_or_no)


@lru_cache(maxsize=65_536)
def _place(label: str, names: tuple[str, ...], task: str | None, yes_or_no: bool) -> int | None:
    if label in names:
        return names.index(label)
    folded = fold(label)
    found = [place for place, name in enumerate(names) if fold(name) == folded]
    if not found:
        joined = _joined(label)
        found = [place for place, name in enumerate(names) if joined and _joined(name) == joined]
    if len(found) == 1:
        return found[0]
    if len(names) != 2 or found or not yes_or_no:
        return None
    if (place := _negated(label, names)) is not None:
        return place
    yes = _YES_NO.get(folded, _answers(label, names, task))
    if yes is None:
        return None
    positive = positive_place(names, task)
    return positive if yes else 1 - positive


def _joined(label: str) -> str | None:
    """``No Entailment`` as ``NoEntailment``; None of a label without letters."""
    return fold(label).replace("_", "") if any(map(str.isalpha, label)) else None


def _negated(label: str, names: tuple[str, ...]) -> int | None:
    """``non-hateful`` beside ``hateful`` is the other of the two, whatever that is called."""
    negated, rest = without_negation(words(label))
    for place, name in enumerate(names):
        name_negated, name_rest = without_negation(words(name))
        if rest and name_rest == rest and (negated or name_negated):
            return place if name_negated == negated else 1 - place
    return None


def _answers(label: str, names: tuple[str, ...], task: str | None) -> bool | None:
    """Whether a label in words is the yes or the no of a task whose labels are but yes and no."""
    if task is None or any(fold(name) not in _YES_NO for name in names):
        return None
    negated, rest = without_negation(words(label))
    return not negated if rest == words(task) else None


def fold(label: str) -> str:
    """A label without what does not count."""
    plain = label_text(label) or ""
    if _NUMBER.fullmatch(plain):
        return plain
    return _BETWEEN.sub("_", plain.casefold()).strip("_") or plain


def commonest_spellings(counts: Mapping[str, int]) -> list[str]:
    """One spelling of each label, the commonest, in their order; of equally common ones the first.

    Args:
        counts: by label as it was found.
    """
    by_label: dict[str, Counter[str]] = {}
    for label, rows in sorted(counts.items()):
        by_label.setdefault(fold(label), Counter())[label] += rows
    return sorted(found.most_common(1)[0][0] for found in by_label.values())


def in_order(names: Iterable[str], task: str | None = None) -> tuple[str, ...]:
    """Sorted; of two the positive one second."""
    found = sorted(names)
    if len(found) == 2 and positive_place(found, task) == 0:
        found.reverse()
    return tuple(found)
