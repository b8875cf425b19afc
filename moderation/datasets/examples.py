"""Rows as ``tf.train.Example``, without TensorFlow: the message is three levels of protobuf.

The messages are declared here, in a pool of their own, so that a process may load TensorFlow
beside them. https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/example/ has the
originals (``example.proto``, ``feature.proto``); a test parses one with the other.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from moderation.datasets.image_results import EncodedImage
from schemas.datasets import FeatureSpec, ImageEncoding
from schemas.records import ID_FIELDS, IMAGE_FIELDS, TEXT_FIELDS, Kind

PRESENCE = "presence"


def image_fields(kinds: Iterable[Kind]) -> list[str]:
    """Image fields of the kinds, in the order of the feature ``presence``."""
    return [field for kind in kinds for field in IMAGE_FIELDS[kind]]


def feature_specs(
    kinds: Iterable[Kind],
    *,
    encoding: ImageEncoding,
    height: int,
    width: int,
    several: int | None = None,
) -> list[FeatureSpec]:
    """The features of a set that holds these kinds; every example has all of them.

    ``several``: an example has any number of so many labels; None: it has one.
    """
    kinds = tuple(kinds)
    images = image_fields(kinds)
    size = f"{height} × {width} × 3, RGB"
    specs = [
        _spec("content_key", "key", "digest of texts and image bytes; equal content, equal key"),
        _spec("group", "key", "examples that share an image or a nearly equal text share it"),
        _spec("kind", "key", "tweet_pair or meme"),
        _spec("item_id", "id", "the record's id; of a tweet pair id_1:id_2"),
    ]
    for kind in kinds:
        specs += [_spec(name, "id", f"of a {kind.value}") for name in ID_FIELDS[kind]]
        specs += [_spec(name, "text", "as it came, UTF-8") for name in TEXT_FIELDS[kind]]
    for name in images:
        said = f"uint8 {size} once decoded; empty where there is none"
        specs.append(_spec(name, "image", said, encoding=encoding))
        said = "of the original's bytes, hexadecimal; empty where there is none"
        specs.append(_spec(f"{name}_sha256", "image_sha256", said))
    said = f"1 where there is an image, in the order {', '.join(images)}"
    specs += [
        _spec(PRESENCE, "presence", said, dtype="int64", shape=[len(images)]),
        *_label_specs(several),
        _spec("extras", "extras", "the record's other columns, a JSON object"),
    ]
    return specs


def _label_specs(several: int | None) -> list[FeatureSpec]:
    if several is None:
        said = "its place among the kind's labels"
        return [
            _spec("label", "label", "its name"),
            _spec("label_index", "label", said, dtype="int64"),
        ]
    said = "1 where the example has the label, in the order of the kind's labels; then zeros"
    return [
        _spec("label", "label", "the names of its labels, a JSON array"),
        _spec("labels", "label", said, dtype="int64", shape=[several]),
    ]


def _spec(name: str, role: Any, description: str, **other: Any) -> FeatureSpec:
    values = {"dtype": "string", "shape": [], **other}
    return FeatureSpec(name=name, role=role, description=description, **values)


def values_of(row: dict[str, Any], images: dict[str, bytes], fields: list[str]) -> dict[str, Any]:
    """A row's features by name; what its kind does not have is left out.

    Args:
        row: as ``resolve`` gives it.
        images: encoded images by field, of those that there are.
        fields: all image fields of the set.
    """
    values: dict[str, Any] = {
        "content_key": row["key"],
        "group": f"{row['group']:016x}",
        "kind": row["kind"],
        "item_id": row["item_id"],
        **row["ids"],
        **row["texts"],
        **images,
        PRESENCE: [int(field in images) for field in fields],
        "label": row["label"],
        **{name: row[name] for name in ("label_index", "labels") if name in row},
        "extras": row["extras"],
    }
    for field in images:
        values[f"{field}_sha256"] = EncodedImage(*row["images"][field]).sha256
    return values


def serialise(values: dict[str, Any], specs: Iterable[FeatureSpec]) -> bytes:
    """A serialised ``tf.train.Example`` with every feature of the specification.

    Equal values give equal bytes: features lie in the order of their names.
    """
    example = _example_class()()
    features = example.features.feature
    for spec in specs:
        feature, value = features[spec.name], values.get(spec.name)
        if spec.dtype == "int64":
            given = value if isinstance(value, list) else [value or 0]
            feature.int64_list.value.extend(given)
        else:
            text = value.encode() if isinstance(value, str) else value or b""
            feature.bytes_list.value.append(text)
    data: bytes = example.SerializeToString(deterministic=True)
    return data


def strings_of(data: bytes, names: Iterable[str]) -> dict[str, str]:
    """Some features of a serialised ``tf.train.Example`` as text; what it has not is empty."""
    feature = _example_class().FromString(data).features.feature
    found = {name: feature[name].bytes_list.value for name in names}
    return {name: values[0].decode() if values else "" for name, values in found.items()}


@functools.cache
def _example_class() -> Any:
    pool = descriptor_pool.DescriptorPool()
    pool.Add(_file())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("tensorflow.Example"))


def _file() -> descriptor_pb2.FileDescriptorProto:
    types = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="example.proto", package="tensorflow", syntax="proto3"
    )

    def message(name: str) -> descriptor_pb2.DescriptorProto:
        return file.message_type.add(name=name)

    def field(owner: descriptor_pb2.DescriptorProto, name: str, number: int, **kind: Any) -> Any:
        return owner.field.add(name=name, number=number, **{"label": types.LABEL_OPTIONAL, **kind})

    def of(name: str) -> dict[str, Any]:
        return {"type": types.TYPE_MESSAGE, "type_name": f".tensorflow.{name}"}

    lists = {
        "BytesList": types.TYPE_BYTES,
        "FloatList": types.TYPE_FLOAT,
        "Int64List": types.TYPE_INT64,
    }
    for name, kind in lists.items():
        field(message(name), "value", 1, label=types.LABEL_REPEATED, type=kind)
    feature = message("Feature")
    feature.oneof_decl.add(name="kind")
    for number, (name, of_name) in enumerate(
        {"bytes_list": "BytesList", "float_list": "FloatList", "int64_list": "Int64List"}.items(), 1
    ):
        field(feature, name, number, oneof_index=0, **of(of_name))
    features = message("Features")
    field(features, "feature", 1, **{**of("Features.FeatureEntry"), "label": types.LABEL_REPEATED})
    entry = features.nested_type.add(name="FeatureEntry")
    entry.options.map_entry = True
    field(entry, "key", 1, type=types.TYPE_STRING)
    field(entry, "value", 2, **of("Feature"))
    field(message("Example"), "features", 1, **of("Features"))
    return file
