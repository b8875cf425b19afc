"""Columns named by a path into a row: ``entities.media[0].media_url_https``.

Steps go into JSON objects, structs and maps by name, into lists by place, and through a text that
holds JSON. A column that bears the whole path as its own name comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from pydantic_core import from_json

Steps = tuple[str | int, ...]

_STEP = re.compile(r"\.?([^.\[\]]+)|\[(-?\d{1,9})\]")
_ABSENT = object()


@lru_cache(maxsize=1_024)
def steps_of(column: str) -> Steps | None:
    """A column's name as steps; None where it is no path of two steps or more."""
    steps: list[str | int] = []
    at = 0
    while at < len(column):
        found = _STEP.match(column, at)
        if found is None or (at == 0 and found[1] is None) or (at == 0 and column[0] == "."):
            return None
        if at and found[1] is not None and column[at] != ".":
            return None
        steps.append(int(found[2]) if found[1] is None else found[1])
        at = found.end()
    return tuple(steps) if len(steps) > 1 else None


def head_of(column: str) -> str:
    """The file's own column that a path begins in; of a plain name the name."""
    steps = steps_of(column)
    return str(steps[0]) if steps else column


def paths_among(columns: Iterable[str]) -> tuple[str, ...]:
    """Those that are paths."""
    return tuple(column for column in columns if steps_of(column))


def reached(
    fields: Mapping[str, Any], paths: Iterable[str], *, columns: frozenset[str] | None = frozenset()
) -> Mapping[str, Any]:
    """The row with what each path leads to, under the path as its name.

    A path that leads nowhere in this row is null: an optional part of a nested record is left out
    by whoever writes one. Where neither this row nor any other has the column that it begins in,
    nothing is added.

    Args:
        fields: the row.
        paths: as ``paths_among`` gives them.
        columns: of other rows of the file: ``RawRow.columns``.
    """
    found: dict[str, Any] = {}
    for path in paths:
        steps = steps_of(path)
        if steps is None or path in fields:
            continue
        head = steps[0]
        if head in fields:
            value = _walk(fields, steps)
            found[path] = None if value is _ABSENT else value
        elif columns is None or head in columns:
            found[path] = None
    return {**fields, **found} if found else fields


def leads_somewhere(fields: Mapping[str, Any], path: str) -> bool:
    """Whether a row has what a path names."""
    steps = steps_of(path)
    return path in fields or (steps is not None and _walk(fields, steps) is not _ABSENT)


def value_at(value: Any, path: str) -> Any:
    """What a name or path leads to; None where that is nowhere."""
    if isinstance(value, Mapping) and path in value:
        return value[path]
    found = _walk(value, steps_of(path) or (path,))
    return None if found is _ABSENT else found


def _walk(value: Any, steps: Steps) -> Any:
    for step in steps:
        value = _step(_opened(value), step)
        if value is _ABSENT:
            return _ABSENT
    return value


def _step(value: Any, step: str | int) -> Any:
    if isinstance(step, int):
        inside = isinstance(value, (list, tuple)) and -len(value) <= step < len(value)
        return value[step] if inside else _ABSENT
    if isinstance(value, (list, tuple)):
        value = _as_map(value)
    return value.get(step, _ABSENT) if isinstance(value, Mapping) else _ABSENT


def _as_map(pairs: Any) -> Mapping[Any, Any] | None:
    """An Arrow map, which comes as its pairs; None for any other list."""
    if all(isinstance(p, (list, tuple)) and len(p) == 2 and isinstance(p[0], str) for p in pairs):
        return dict(pairs)
    return None


def _opened(value: Any) -> Any:
    """A text that holds an object or an array, as what it holds."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return from_json(value)
    except ValueError:
        return value
