"""From a raw row to a record and its item, or the reason why not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic_core import to_json

from moderation.images.references import locate
from moderation.images.references.data_uris import data_uri_bytes, is_data_uri, trimmed
from moderation.images.references.printing import safe_reference
from moderation.images.types import ImageError, ImageRef
from moderation.records.content_key import content_key
from moderation.records.dead_letters.history import History, Redrive
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.dead_letters.read import is_letter, open_letter
from moderation.records.ids import MAX_ID_CHARS, BadId, id_of, printed, whole_id
from moderation.records.image_values import BadImageValue, image_value
from moderation.records.items import (
    Item,
    ItemImage,
    Record,
    RefusedImage,
)
from moderation.records.layout import Layout, image_ids
from moderation.records.plain_rows import PlainRow, PlainRows
from moderation.records.redact import describe_bytes, redact_fields
from moderation.records.rows import BadRow, RawRow
from moderation.records.texts import BadText, texts_of
from moderation.storage.parking import Parking
from schemas.codes import Code, Stage
from schemas.records import ID_FIELDS, IMAGE_FIELDS, TEXT_FIELDS, Kind, fields_of


class InvalidRecord(Exception):
    """A row that is no valid record."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Validator:
    """Turns rows into records by a layout. Picklable; parks inline image bytes as it goes."""

    layout: Layout
    parking: Parking
    redrive: Redrive = Redrive.RETRYABLE
    """Which letters of earlier runs are driven again."""
    text_reader: str = ""
    """Digest of what reads the text of a meme that has none, from its picture; empty: nothing
    does, and such a text is empty."""
    _plain: PlainRows = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_plain", PlainRows(self.layout))

    def __call__(self, row: RawRow | BadRow) -> tuple[Record, Item] | DeadLetter:
        """The record with the item it asks about, or its dead letter."""
        if isinstance(row, BadRow):
            return DeadLetter.of_bad_row(row)
        row = self.layout.reach(row)
        if (plain := self._plain.take(row.fields)) and (found := self._taken(row, plain)):
            return found
        history = otherwise = None
        if is_letter(row.fields):
            opened = open_letter(row, self.layout, redrive=self.redrive)
            if isinstance(opened, DeadLetter):
                return opened
            row, history, otherwise = opened
            row = self.layout.reach(row)
        row = row._replace(fields=self.layout.as_text(row.fields))
        fields = self.layout.rename(row.fields)
        kind = self.layout.kind_of(fields)
        try:
            if kind is None:
                raise InvalidRecord(Code.UNKNOWN_KIND, _unknown_kind(fields))
            return self._record(row, fields, kind, history)
        except InvalidRecord as problem:
            return otherwise or replace(self._rejected(row, fields, kind, problem), history=history)

    def _taken(self, row: RawRow, plain: PlainRow) -> tuple[Record, Item] | None:
        """The record of a row that came the short way; None where an image stops it."""
        shape, ids, texts = plain
        images: list[ItemImage] = []
        identities: dict[str, str | None] = {}
        for (name, column), item_id in zip(shape.images, ids, strict=False):
            identities[name] = None
            if row.fields[column] is not None:
                try:
                    found = self._image({name: row.fields[column]}, name, item_id, row.source)
                except InvalidRecord:  # the long way says what is wrong
                    return None
                if found:
                    images.append(found[0])
                    identities[name] = found[1]
        key = content_key(shape.kind, texts, identities)
        extras = {name: row.fields[column] for name, column in shape.extras}
        record = Record(
            source=row.source,
            row=row.row,
            item_id=":".join(ids),
            kind=shape.kind,
            label=_label(row.fields[shape.label]) if shape.label else None,
            extras=_json(extras) if extras else "{}",
            body=_json(row.fields),
            redacted=(),
        )
        return record, Item(key, shape.kind, texts, tuple(images))

    def _record(
        self, row: RawRow, fields: Mapping[str, Any], kind: Kind, history: History | None
    ) -> tuple[Record, Item]:
        ids = item_ids({**fields, **self.layout.made_ids(kind, row.source, row.row)}, kind)
        lacking = self.layout.lacking(row.columns)
        texts = _texts(fields, kind, lacking, read=bool(self.text_reader))
        images: list[ItemImage] = []
        identities: dict[str, str | None] = {}
        for name, id_field in image_ids(kind).items():
            found = self._image(fields, name, ids[id_field], row.source)
            identities[name] = found[1] if found else None
            if found:
                images.append(found[0])
        if history and not self.layout.image_root:
            _expect_found(row.source, images)
        key = content_key(kind, texts, identities, text_reader=self.text_reader)
        body, redacted = _redacted(self.layout, row)
        record = Record(
            source=row.source,
            row=row.row,
            item_id=":".join(ids.values()),
            kind=kind,
            label=_label(fields.get("label")),
            extras=_extras(fields, kind, body, columns=self.layout.columns),
            body=_json(body),
            redacted=redacted,
            history=history,
        )
        return record, Item(content_key=key, kind=kind, texts=texts, images=tuple(images))

    def _image(
        self, fields: Mapping[str, Any], name: str, item_id: str, origin: str
    ) -> tuple[ItemImage, str] | None:
        """The image a field names and its identity in the content key; None for no image."""
        if name not in fields:
            raise InvalidRecord(
                Code.MISSING_FIELD,
                f"{name!r} is missing: a record without an image says so with null",
            )
        try:
            value = image_value(fields[name])
        except BadImageValue as error:
            raise InvalidRecord(Code.WRONG_TYPE, f"{name!r} {error}") from error
        if value is None:
            return None
        if isinstance(value, bytes):
            return self._parked(name, value, describe_bytes(value))
        if is_data_uri(trimmed(value)):
            return self._data_uri(name, value)
        return self._reference(name, value, item_id, origin)

    def _reference(self, name: str, value: str, item_id: str, origin: str) -> tuple[ItemImage, str]:
        try:
            ref = locate(
                name,
                self.layout.file_for(value, item_id),
                root=self.layout.root_for(origin),
                allow_outside_root=self.layout.allow_outside_root,
            )
        except ImageError as error:
            return _refused(name, value, error.code, str(error)), f"refused:{value}"
        if self.layout.image_template:
            ref = ImageRef(name, safe_reference(value), ref.location, ref.root)
        return ref, ref.location

    def _data_uri(self, name: str, value: str) -> tuple[ItemImage, str]:
        try:
            data = data_uri_bytes(value, max_bytes=len(value))
        except ImageError as error:
            digest = hashlib.sha256(value.encode(errors="backslashreplace")).hexdigest()
            return _refused(name, value, error.code, error.message), f"refused:{digest}"
        return self._parked(name, data, safe_reference(value))

    def _parked(self, name: str, data: bytes, reference: str) -> tuple[ItemImage, str]:
        identity = f"sha256:{hashlib.sha256(data).hexdigest()}"
        return ImageRef(name, reference, self.parking.park(data), None), identity

    def _rejected(
        self, row: RawRow, fields: Mapping[str, Any], kind: Kind | None, problem: InvalidRecord
    ) -> DeadLetter:
        body, redacted = _redacted(self.layout, row)
        ids = [whole_id(fields.get(name)) for name in (ID_FIELDS[kind] if kind else ())]
        known = [printed(part)[:MAX_ID_CHARS] for part in ids if isinstance(part, (str, int))]
        return DeadLetter(
            source=row.source,
            row=row.row,
            item_id=":".join(known) if ids and len(known) == len(ids) else None,
            kind=kind,
            stage=Stage.VALIDATE,
            code=problem.code,
            message=problem.message,
            body=_json(body),
            redacted=redacted,
        )


def item_ids(fields: Mapping[str, Any], kind: Kind) -> dict[str, str]:
    """The ids of a row by field, as ``Record.item_id`` joins them; raises ``InvalidRecord``."""
    return {name: _id(fields, name) for name in ID_FIELDS[kind]}


def _expect_found(origin: str, images: Iterable[ItemImage]) -> None:
    """A letter whose source is named from a folder that is not this one leads to no image."""
    if "://" in origin or os.path.isabs(origin) or os.path.exists(origin):
        return
    locations = [image.location for image in images if isinstance(image, ImageRef)]
    if not all(where.startswith("data:") or "://" in where for where in locations):
        raise InvalidRecord(
            Code.NOT_FOUND,
            f"the letter's source {origin!r} is named from the folder that its run was started "
            "in, so its images cannot be found from here: start there, or give --image_root",
        )


def _refused(name: str, value: str, code: Code, message: str) -> RefusedImage:
    return RefusedImage(name, safe_reference(value), code, message)


def _id(fields: Mapping[str, Any], name: str) -> str:
    try:
        return id_of(fields, name)
    except BadId as problem:
        raise InvalidRecord(problem.code, str(problem)) from problem


def _texts(
    fields: Mapping[str, Any], kind: Kind, may_lack: Callable[[str], bool], *, read: bool
) -> dict[str, str]:
    try:
        return texts_of(fields, kind, may_lack, read=read)
    except BadText as problem:
        raise InvalidRecord(problem.code, str(problem)) from problem


def _label(value: Any) -> str | tuple[str, ...] | None:
    if isinstance(value, list):
        names = [each for each in value if isinstance(each, (str, int, float))]
        return tuple(map(str, names)) if len(names) == len(value) else None
    if value is None or value == "" or isinstance(value, (bytes, dict)):
        return None
    return str(value)


def _extras(
    fields: Mapping[str, Any],
    kind: Kind,
    body: Mapping[str, Any],
    *,
    columns: Mapping[str, str],
) -> str:
    """What rides along, as ``body`` has it: that of another kind may be renamed too."""
    own = {*fields_of(kind), "label"}
    extras = {
        name: body[name] if name in body else body.get(columns.get(name, name), value)
        for name, value in fields.items()
        if name not in own
    }
    return _json(extras) if extras else "{}"


def _json(fields: Mapping[str, Any]) -> str:
    return to_json(fields, fallback=str, inf_nan_mode="null").decode()


def _unknown_kind(fields: Mapping[str, Any]) -> str:
    wanted = "; ".join(f"a {kind.value} has {list(fields_of(kind))}" for kind in Kind)
    return (
        f"the columns {sorted(map(str, fields))[:20]} tell no kind of record: {wanted}. "
        "Name them with --columns, or set --record_kind"
    )


def _redacted(layout: Layout, row: RawRow) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    return redact_fields(
        row.fields,
        images=layout.columns_of(name for kind in Kind for name in IMAGE_FIELDS[kind]),
        texts=layout.columns_of(name for kind in Kind for name in TEXT_FIELDS[kind]),
    )
