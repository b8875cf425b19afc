"""How a run's records are laid out: kind, column names, where their images lie."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from moderation.images.references.data_uris import trimmed
from moderation.option_error import OptionError, option
from moderation.records.ids import made_id
from moderation.records.paths import head_of, paths_among, reached
from moderation.records.rows import RawRow
from moderation.records.texts import bytes_as_text
from schemas.records import ID_FIELDS, IMAGE_FIELDS, TEXT_FIELDS, Kind, fields_of

FIELDS = {name for kind in Kind for name in (*fields_of(kind), "label")}
_IMAGES = {name for kind in Kind for name in IMAGE_FIELDS[kind]}
_NULLS = _IMAGES | {name for kind in Kind for name in TEXT_FIELDS[kind]}
_MAY_LACK = _NULLS | {name for kind in Kind for name in ID_FIELDS[kind]}
_URL = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?//")
_STORES = ("gs", "s3")
_EXTENSION = re.compile(r"\.([A-Za-z0-9]+)(?:[:;,&=?#!@ ].*)?\Z", re.DOTALL)
_FORMAT = re.compile(r"(?:\A|&)(?:format|fm)=([A-Za-z0-9]{1,8})(?:&|%3A|:|\Z)", re.IGNORECASE)
_MARKS = {kind: frozenset(TEXT_FIELDS[kind] + ID_FIELDS[kind]) for kind in Kind}


class LayoutError(OptionError, ValueError):
    """A layout option that cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Options that say how rows become records. Picklable, the same for the whole run."""

    record_kind: Kind | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field to column or path, where the input calls a field otherwise; to ``""``, where it has
    none: an image or a text is null then, an id is made from file name and row."""
    image_root: str | None = None
    """Folder that image paths are relative to; None: the record file's own."""
    image_template: str | None = None
    """File name under ``image_root`` made from ``{id}`` and the reference's ``{ext}``."""
    allow_outside_root: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """Columns that are paths into a row."""
        return paths_among(self.columns.values())

    def reach(self, row: RawRow) -> RawRow:
        """The row with what its paths lead to, under the paths as names."""
        paths = self.paths
        if not paths:
            return row
        return row._replace(fields=reached(row.fields, paths, columns=row.columns))

    def as_text(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """The row with text where text was written as bytes; a picture's bytes stay."""
        if not any(isinstance(value, bytes) for value in fields.values()):
            return fields
        return bytes_as_text(fields, images={self.columns.get(name) or name for name in _IMAGES})

    def rename(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """The row under field names instead of column names, and as text."""
        fields = self.as_text(fields)
        if not self.columns:
            return fields
        lacking = dict.fromkeys(sorted(_NULLS & self._without()))
        return {**renamed(fields, self.columns), **lacking}

    def made_ids(self, kind: Kind, source: str, row: int) -> dict[str, str]:
        """Ids of the row for the id fields that the input has no column for."""
        lacking = [name for name in ID_FIELDS[kind] if name in self._without()]
        return dict.fromkeys(lacking, made_id(source, row)) if lacking else {}

    def _without(self) -> set[str]:
        return {name for name, column in self.columns.items() if not column}

    def lacking(self, columns: frozenset[str] | None) -> Callable[[str], bool]:
        """Whether a row may lack a field, as other rows have it: ``RawRow.columns``."""

        def may_lack(name: str) -> bool:
            column = self.columns.get(name, name)
            return columns is None or column in columns or head_of(column) in columns

        return may_lack

    def columns_of(self, names: Iterable[str]) -> frozenset[str]:
        """The input's own columns of these fields."""
        return frozenset(self.columns.get(name, name) for name in names)

    def read_columns(self, names: Iterable[str]) -> frozenset[str]:
        """The columns that a file must give for these fields: of a path the one it begins in."""
        columns = self.columns_of(names)
        return columns | {head_of(column) for column in columns}

    def kind_of(self, fields: Mapping[str, Any]) -> Kind | None:
        """The kind that the columns tell, or the one that was set; None where neither does."""
        if self.record_kind:
            return self.record_kind
        hits = {kind: len(marks & fields.keys()) for kind, marks in _MARKS.items()}
        best = max(hits, key=lambda kind: hits[kind])
        return best if hits[best] else None

    def root_for(self, source: str) -> str:
        """The folder that relative image paths of records in ``source`` start from."""
        if self.image_root:
            return self.image_root
        return posixpath.dirname(source) or "."

    def file_for(self, reference: str, item_id: str) -> str:
        """The reference to open: the template's file where one is set, else as it came."""
        if not self.image_template:
            return reference
        return self.image_template.format(id=item_id, ext=extension_of(reference))


def extension_of(reference: str) -> str:
    """The extension of the file that a path or URL names, without its dot; "" for none.

    The path's own, without the size that some hosts write behind it (``.jpg:large``); of a URL
    whose path has none, the one that ``format=`` asks for.
    """
    path, query = trimmed(reference), ""
    if prefix := _URL.match(path):
        path = path[prefix.end() :]
        if prefix[1] not in _STORES:  # an object's name has no query
            path, _, query = path.partition("#")[0].partition("?")
            path = unquote(path)
        path = path.partition("/")[2]
    found = _EXTENSION.match(posixpath.splitext(posixpath.basename(path))[1])
    asked = _FORMAT.search(html.unescape(query))
    return found[1] if found else asked[1] if asked else ""


def renamed(fields: Mapping[str, Any], columns: Mapping[str, str]) -> Mapping[str, Any]:
    """A row under field names; a column of a field's name is none where that lies elsewhere."""
    column_to_field = {column: name for name, column in columns.items() if column}
    return {
        column_to_field.get(column, column): value
        for column, value in fields.items()
        if column in column_to_field or column not in columns
    }


def image_ids(kind: Kind) -> dict[str, str]:
    """Which id names an image field's file: ``image_1`` that of ``id_1``, and so on."""
    return dict(zip(IMAGE_FIELDS[kind], ID_FIELDS[kind], strict=False))


def parse_columns(
    pairs: str, *, fields: Collection[str] = FIELDS, may_lack: Collection[str] = _MAY_LACK
) -> dict[str, str]:
    """``"text_1=body,id_1=key"`` as field → column; ``"img=,id="``: the input has none.

    A column may be a path (``moderation.records.paths``): ``img=entities.media[0].url``.

    Args:
        pairs: as the flag has them.
        fields: those that may be renamed.
        may_lack: those that an input may be without.

    Raises:
        LayoutError: where a pair is not ``field=column``, the field is none of ours, or a record
            cannot do without it.
    """
    columns: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in pairs.split(","))):
        name, equals, column = pair.partition("=")
        if not equals:
            raise LayoutError("write field=column, as in text_1=body")
        if name not in fields:
            raise LayoutError(f"there is no field {name!r}; fields are {sorted(fields)}")
        if not column and name not in may_lack:
            raise LayoutError(
                f"a row needs {name!r}; only {', '.join(sorted(may_lack))} may be left out"
            )
        columns[name] = column
    return columns


def check_template(template: str) -> None:
    """Raise ``LayoutError`` where an image template has other placeholders than id and ext."""
    try:
        example = template.format(id="1", ext="jpg")
    except (KeyError, IndexError, ValueError) as error:
        raise LayoutError(f"only {{id}} and {{ext}} can stand in it ({error})") from error
    if "{id}" not in template or posixpath.isabs(example) or ".." in example.split("/"):
        raise LayoutError(f"it must hold {{id}} and stay below {option('image_root')}")
