"""The short way from a row to what a record is made of, for rows of which nothing is remarkable.

Most rows of most nights have texts that are text, ids that are ids, and nothing to take out before
they are written down elsewhere. What the columns mean is settled once for all rows that have the
same ones, and each value is looked at once. Whatever is remarkable in any way goes the long way,
which alone says what is wrong with a row; where both ways are open they lead to the same record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import NoneType
from typing import Any, NamedTuple

from moderation.records.dead_letters.read import is_letter
from moderation.records.ids import MAX_ID_CHARS
from moderation.records.layout import Layout, renamed
from moderation.records.redact import is_kept
from schemas.records import ID_FIELDS, IMAGE_FIELDS, TEXT_FIELDS, Kind, fields_of

_MOST_SHAPES = 256
_FEW_CHARS = 64
"""Shorter than any base64 that is looked into."""
_MAY_TELL = re.compile(r"[/\\?&;]|\A[^0-9][^:]*:|\A:")
"""What every URL, ``data:`` URI and signature has. None begins with a digit, as a time of day does.
"""
_PLAIN = frozenset({int, float, bool, NoneType})
_LONG_INT = 1 << 64


class Shape(NamedTuple):
    """What columns mean. Each field holds names of the file's own columns."""

    kind: Kind
    ids: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]
    """Field and column."""
    images: tuple[tuple[str, str], ...]
    label: str | None
    extras: tuple[tuple[str, str], ...]
    """Name and column."""
    cells: tuple[str, ...]
    """Those that are neither texts nor images, of whichever kind: ids and label too."""
    other_texts: tuple[str, ...]
    """Fields of another kind, which ride along."""
    other_images: tuple[str, ...]


class PlainRow(NamedTuple):
    """What a row holds, under its fields' names; images are still as they came."""

    shape: Shape
    ids: list[str]
    texts: dict[str, str]


@dataclass(slots=True)
class PlainRows:
    """Takes rows the short way, by a layout. Picklable."""

    layout: Layout
    _shapes: dict[tuple[str, ...], Shape | None] = field(default_factory=dict)

    def take(self, fields: Mapping[str, Any]) -> PlainRow | None:
        """What the row holds; None where it has to go the long way."""
        shape = self._shape(tuple(fields))
        if shape is None:
            return None
        ids = []
        for column in shape.ids:
            text = _plain_id(fields[column])
            if text is None:
                return None
            ids.append(text)
        texts = {}
        for name, column in shape.texts:
            value = fields[column]
            if type(value) is not str or (":" in value and not is_kept(value, text=True)):
                return None
            texts[name] = value
        return PlainRow(shape, ids, texts) if _all_kept(fields, shape) else None

    def _shape(self, names: tuple[str, ...]) -> Shape | None:
        try:
            return self._shapes[names]
        except KeyError:
            shape = shape_of(names, self.layout)
            if len(self._shapes) < _MOST_SHAPES:
                self._shapes[names] = shape
            return shape


def shape_of(names: tuple[str, ...], layout: Layout) -> Shape | None:
    """What columns mean; None where their rows have to go the long way."""
    by_field = renamed({name: name for name in names}, layout.columns)
    kind = layout.kind_of(by_field)
    lacks = kind is None or not by_field.keys() >= {*fields_of(kind)}
    if lacks or "" in layout.columns.values() or is_letter(dict.fromkeys(names)):
        return None
    assert kind is not None  # mypy does not see it through the name
    texts = layout.columns_of(name for each in Kind for name in TEXT_FIELDS[each])
    images = layout.columns_of(name for each in Kind for name in IMAGE_FIELDS[each])
    if texts & images:
        return None
    own_texts = tuple((name, by_field[name]) for name in TEXT_FIELDS[kind])
    own_images = tuple((name, by_field[name]) for name in IMAGE_FIELDS[kind])
    own = {column for _, column in (*own_texts, *own_images)}
    others = [name for name in names if name not in own]
    return Shape(
        kind=kind,
        ids=tuple(by_field[name] for name in ID_FIELDS[kind]),
        texts=own_texts,
        images=own_images,
        label=by_field.get("label"),
        extras=tuple(
            (name, name if name in names else column)
            for name, column in by_field.items()
            if name not in {*fields_of(kind), "label"}
        ),
        cells=tuple(name for name in others if name not in texts | images),
        other_texts=tuple(name for name in others if name in texts),
        other_images=tuple(name for name in others if name in images),
    )


def _plain_id(value: Any) -> str | None:
    if type(value) is int and -_LONG_INT < value < _LONG_INT:
        return str(value)
    if type(value) is not str:
        return None
    text = value.strip()
    return text if 0 < len(text) <= MAX_ID_CHARS and not text.endswith(".0") else None


def _all_kept(fields: Mapping[str, Any], shape: Shape) -> bool:
    """Whether nothing of the row would be taken out before it is written down elsewhere."""
    for column in shape.cells:
        value = fields[column]
        if type(value) is str:
            if (len(value) >= _FEW_CHARS or _MAY_TELL.search(value)) and not is_kept(value):
                return False
        elif type(value) not in _PLAIN and not is_kept(value):
            return False
    for _, column in shape.images:
        value = fields[column]
        if value is not None and (type(value) is not str or not is_kept(value, image=True)):
            return False
    return all(is_kept(fields[name], text=True) for name in shape.other_texts) and all(
        is_kept(fields[name], image=True) for name in shape.other_images
    )
