"""The columns of a set as the Hub's ``datasets`` describes them: one description, every form of it.

A feature is what ``datasets`` writes as JSON: ``{"_type": "Value", "dtype": …}``, ``Image``,
``ClassLabel``, a mapping of features, a list of one. Parquet's schema, the front matter of
``README.md`` and the Croissant description are made of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from moderation.records.class_labels import FOOTER_KEY
from schemas.records import IMAGE_FIELDS, Kind, fields_of

Feature = Any
Features = Mapping[str, Feature]

_IMAGE = {"_type": "Image"}
_TYPES = {
    "string": pa.string(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
}
_TEXT = {"dtype": "string", "_type": "Value"}
_PROVENANCE = {
    "item_id": "string",
    "content_key": "string",
    "label_source": "string",
    "labelled_at": "string",
    "task": "string",
    "reviewers": "int32",
    "reviewers_agreeing": "int32",
    "original_label": "string",
    "score": "float64",
    "predicted_label": "string",
    "predicted_score": "float64",
    "verdict": "string",
    "scored_at": "string",
    "run_id": "string",
    "source": "string",
    "row": "int64",
    "model_fingerprint": "string",
    "policy_version": "string",
    "policy_digest": "string",
}


def features_of(
    kind: Kind,
    labels: Sequence[str],
    *,
    columns: Sequence[str],
    several: bool,
    split: bool = False,
) -> dict[str, Feature]:
    """The columns of a kind's rows in their order.

    Args:
        kind: of the rows.
        labels: names in the set's order, which are a label's number.
        columns: of the records, that stay columns.
        several: a row has a list of labels.
        split: a row names its split, for readers that take all files together.
    """
    label = {"names": list(labels), "_type": "ClassLabel"}
    provenance = {name: {"dtype": of, "_type": "Value"} for name, of in _PROVENANCE.items()}
    images = IMAGE_FIELDS[kind]
    return {
        **{name: _IMAGE if name in images else _TEXT for name in fields_of(kind)},
        "label": [label] if several else label,
        **({"split": _TEXT} if split else {}),
        **dict.fromkeys(columns, _TEXT),
        "provenance": {**provenance, "images": [_TEXT]},
        "extras": _TEXT,
    }


def arrow_schema(features: Features) -> pa.Schema:
    """Parquet's schema, with the features in its metadata.

    Every field may be null: ``datasets`` believes the metadata of no other.
    """
    told = json.dumps({"info": {"features": features}}, ensure_ascii=False)
    fields = [(name, _arrow_type(feature)) for name, feature in features.items()]
    return pa.schema(fields, metadata={FOOTER_KEY: told.encode()})


def yaml_features(features: Features) -> list[dict[str, Any]]:
    """As the key ``dataset_info`` of a card has them."""
    return [{"name": name, **_yaml(feature)} for name, feature in features.items()]


def type_of(feature: Feature) -> str:
    """``Value``, ``Image``, ``ClassLabel``, ``list``, or ``mapping``."""
    if isinstance(feature, list):
        return "list"
    return str(feature["_type"]) if isinstance(feature.get("_type"), str) else "mapping"


def _arrow_type(feature: Feature) -> pa.DataType:
    match type_of(feature):
        case "list":
            return pa.list_(_arrow_type(feature[0]))
        case "mapping":
            return pa.struct([(name, _arrow_type(inner)) for name, inner in feature.items()])
        case "Image":
            return pa.struct([("bytes", pa.binary()), ("path", pa.string())])
        case "ClassLabel":
            return pa.int64()
    return _TYPES[feature["dtype"]]


def _yaml(feature: Feature) -> dict[str, Any]:
    match type_of(feature):
        case "list":
            inner = _yaml(feature[0])
            return {"list": inner.get("dtype", inner)}
        case "mapping":
            return {"struct": yaml_features(feature)}
        case "Image":
            return {"dtype": "image"}
        case "ClassLabel":
            names = {str(place): name for place, name in enumerate(feature["names"])}
            return {"dtype": {"class_label": {"names": names}}}
    return {"dtype": feature["dtype"]}
