"""Columns of a set as fields of a Croissant record set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moderation.exports.hub_features import Feature, type_of

_TYPES = {
    "string": "sc:Text",
    "int32": "cr:Int32",
    "int64": "cr:Int64",
    "float64": "cr:Float64",
}


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where the fields of one record set come from."""

    records: str
    """The record set."""
    files: str
    """The file set."""
    as_numbers: bool
    """Whether the files have labels as numbers and images as bytes, as Parquet has; else texts."""


def field_of(source: FieldSource, column: str, feature: Feature, *, labels: str) -> dict[str, Any]:
    """The field of a column.

    Args:
        source: of the record set.
        column: its name.
        feature: what ``datasets`` says it is.
        labels: the field that a label's number refers to.
    """
    field = _field(source, f"{source.records}/{column}", column)
    match type_of(feature):
        case "mapping":
            inner = [_inner(source, column, name, of) for name, of in feature.items()]
            return {**_named(f"{source.records}/{column}", column), "subField": inner}
        case "list":
            field |= {"isArray": True, "arrayShape": "-1"}
            feature = feature[0]
    kind = type_of(feature)
    if kind == "Image" and source.as_numbers:
        field["source"]["transform"] = {"jsonPath": "bytes"}
        return field | {"dataType": "sc:ImageObject"}
    if kind == "ClassLabel" and source.as_numbers:
        return field | {
            "dataType": ["sc:Integer", "cr:Label"],
            "references": {"field": {"@id": labels}},
        }
    if kind == "ClassLabel":
        return field | {"dataType": ["sc:Text", "cr:Label"]}
    return field | {"dataType": _TYPES.get(feature.get("dtype"), "sc:Text")}


def _inner(source: FieldSource, column: str, name: str, feature: Feature) -> dict[str, Any]:
    """A field within a struct."""
    field = _field(source, f"{source.records}/{column}/{name}", column)
    field["name"] = name
    field["source"]["transform"] = {"jsonPath": name}
    if type_of(feature) == "list":
        field |= {"isArray": True, "arrayShape": "-1"}
        feature = feature[0]
    return field | {"dataType": _TYPES[feature["dtype"]]}


def _field(source: FieldSource, uuid: str, column: str) -> dict[str, Any]:
    found = {"fileSet": {"@id": source.files}, "extract": {"column": column}}
    return {**_named(uuid, column), "source": found}


def _named(uuid: str, name: str) -> dict[str, Any]:
    return {"@type": "cr:Field", "@id": uuid, "name": name}
