"""Nested figures as Markdown, whatever their names: what is alike becomes the rows of one table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

Figures = Mapping[str, Any]
_INTERVAL = {"value", "interval_95"}
_AMONG_OTHERS = 4
"""Rows that are worth a table where not all groups are such."""


def tables_of(figures: Figures, *, level: int) -> Iterator[str]:
    """Blocks of Markdown: a heading for each group, its figures as a list or a table.

    Args:
        figures: scalars, ``{"value": …, "interval_95": [low, high]}`` and mappings of these.
        level: of the headings.
    """
    alone = {name: value for name, value in figures.items() if _is_leaf(value)}
    groups = {name: value for name, value in figures.items() if not _is_leaf(value)}
    if alone:
        yield "\n".join(f"- {spoken(name)}: {_shown(value)}" for name, value in alone.items())
    rows = _alike(groups)
    if rows:
        yield _table(rows)
        for name, rest in _below(rows):
            yield f"{name}: {_sentence(rest)}"
    for name, group in groups.items():
        if name in rows:
            continue
        if all(_is_number(value) for value in group.values()):
            yield f"{spoken(name)}: {_sentence(group)}"
        else:
            yield f"{'#' * level} {spoken(name)}"
            yield from tables_of(group, level=level + 1)


def spoken(name: str) -> str:
    """``calibration_error`` → ``calibration error``; the field's own terms as they are written."""
    words = {"auroc": "AUROC", "f1": "F1", "mb": "MB", "sha256": "SHA-256"}
    spaced = name.replace("macro_f1", "macro-F1").replace("_", " ")
    return " ".join(words.get(word, word) for word in spaced.split(" "))


def _alike(groups: Mapping[str, Figures]) -> dict[str, Figures]:
    """The groups worth one table: all that share a column, or several among others.

    What nests in them is flat.
    """
    flat = {name: group for name, group in groups.items() if _is_flat(group)}
    count = Counter(column for group in flat.values() for column in _columns(group))
    column, often = (count.most_common(1) or [("", 0)])[0]
    if often < (2 if often == len(groups) else _AMONG_OTHERS):
        return {}
    return {name: group for name, group in flat.items() if column in _columns(group)}


def _columns(group: Figures) -> list[str]:
    return [name for name, value in group.items() if _is_leaf(value)]


def _is_flat(group: Figures) -> bool:
    nested = [value for value in group.values() if not _is_leaf(value)]
    return all(_is_leaf(value) for group in nested for value in group.values())


def _table(groups: Mapping[str, Figures]) -> str:
    leaves = [name for group in groups.values() for name, each in group.items() if _is_leaf(each)]
    columns = list(dict.fromkeys(leaves))
    lines = [["", *map(spoken, columns)], ["---"] * (len(columns) + 1)]
    for name, group in groups.items():
        cells = {column: value for column, value in group.items() if _is_leaf(value)}
        lines.append([spoken(name), *(_shown(cells.get(column)) for column in columns)])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _below(groups: Mapping[str, Figures]) -> Iterator[tuple[str, Figures]]:
    for row, group in groups.items():
        for name, value in group.items():
            if not _is_leaf(value):
                yield f"{spoken(row)}, {spoken(name)}", value


def _sentence(figures: Figures) -> str:
    return ", ".join(f"{spoken(name)} {_shown(value)}" for name, value in figures.items())


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        if value["interval_95"] is None:
            return f"{value['value']:.3f}"
        low, high = value["interval_95"]
        return f"{value['value']:.3f} [{low:.3f}–{high:.3f}]"
    if isinstance(value, bool) or value is None:
        return {None: "", True: "yes", False: "no"}[value]
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value).replace("|", "\\|")


def _is_leaf(value: Any) -> bool:
    return not isinstance(value, Mapping) or set(value) == _INTERVAL


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)
