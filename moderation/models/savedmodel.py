"""The signatures of a SavedModel, read from ``saved_model.pb`` without TensorFlow.

Checking a model at launch needs names, dtypes and shapes only. TensorFlow takes
8 s to import; the few protobuf fields below take milliseconds. Field numbers
are those of ``saved_model.proto``, ``meta_graph.proto`` and
``tensor_shape.proto`` in TensorFlow 2.21; fields not listed are skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from moderation.models.types import ModelError

SAVED_MODEL_FILE = "saved_model.pb"

_STRING, _BYTES, _MESSAGE, _INT32, _INT64, _BOOL = 9, 12, 11, 5, 3, 8
_ONE, _MANY = 1, 3
_MESSAGES: dict[str, tuple[tuple[str, int, int, int, str], ...]] = {
    "SavedModel": (("meta_graphs", 2, _MANY, _MESSAGE, "MetaGraph"),),
    "MetaGraph": (
        ("info", 1, _ONE, _MESSAGE, "MetaInfo"),
        ("graph", 2, _ONE, _MESSAGE, "Graph"),
        ("signatures", 5, _MANY, _MESSAGE, "SignatureEntry"),
        ("objects", 7, _ONE, _MESSAGE, "Objects"),
    ),
    "Graph": (
        ("nodes", 1, _MANY, _MESSAGE, "Node"),
        ("library", 2, _ONE, _MESSAGE, "Library"),
    ),
    "Library": (("functions", 1, _MANY, _MESSAGE, "Function"),),
    "Function": (
        ("signature", 1, _ONE, _MESSAGE, "Named"),
        ("nodes", 3, _MANY, _MESSAGE, "Node"),
    ),
    "Named": (("name", 1, _ONE, _STRING, ""),),
    "Node": (
        ("name", 1, _ONE, _STRING, ""),
        ("op", 2, _ONE, _STRING, ""),
        ("inputs", 3, _MANY, _STRING, ""),
        ("attributes", 5, _MANY, _MESSAGE, "AttributeEntry"),
    ),
    "AttributeEntry": (
        ("key", 1, _ONE, _STRING, ""),
        ("value", 2, _ONE, _MESSAGE, "Attribute"),
    ),
    "Attribute": (
        ("list", 1, _ONE, _MESSAGE, "Attributes"),
        ("i", 3, _ONE, _INT64, ""),
        ("shape", 7, _ONE, _MESSAGE, "Shape"),
        ("tensor", 8, _ONE, _MESSAGE, "Tensor"),
        ("function", 10, _ONE, _MESSAGE, "Named"),
    ),
    "Attributes": (
        ("strings", 2, _MANY, _BYTES, ""),
        ("types", 6, _MANY, _INT32, ""),
        ("shapes", 7, _MANY, _MESSAGE, "Shape"),
        ("functions", 9, _MANY, _MESSAGE, "Named"),
    ),
    "Tensor": (
        ("dtype", 1, _ONE, _INT32, ""),
        ("shape", 2, _ONE, _MESSAGE, "Shape"),
        ("content", 4, _ONE, _BYTES, ""),
        ("ints", 7, _MANY, _INT32, ""),
        ("strings", 8, _MANY, _BYTES, ""),
    ),
    "Objects": (("nodes", 1, _MANY, _MESSAGE, "Object"),),
    "Object": (("variable", 7, _ONE, _MESSAGE, "Variable"),),
    "Variable": (
        ("shape", 2, _ONE, _MESSAGE, "Shape"),
        ("name", 6, _ONE, _STRING, ""),
    ),
    "MetaInfo": (("tags", 4, _MANY, _STRING, ""),),
    "SignatureEntry": (
        ("key", 1, _ONE, _STRING, ""),
        ("value", 2, _ONE, _MESSAGE, "Signature"),
    ),
    "Signature": (
        ("inputs", 1, _MANY, _MESSAGE, "TensorEntry"),
        ("outputs", 2, _MANY, _MESSAGE, "TensorEntry"),
    ),
    "TensorEntry": (
        ("key", 1, _ONE, _STRING, ""),
        ("value", 2, _ONE, _MESSAGE, "TensorInfo"),
    ),
    "TensorInfo": (
        ("name", 1, _ONE, _STRING, ""),
        ("dtype", 2, _ONE, _INT32, ""),
        ("shape", 3, _ONE, _MESSAGE, "Shape"),
    ),
    "Shape": (
        ("dims", 2, _MANY, _MESSAGE, "Dim"),
        ("unknown_rank", 3, _ONE, _BOOL, ""),
    ),
    "Dim": (("size", 1, _ONE, _INT64, ""),),
}
_DTYPES = {
    1: "float32",
    2: "float64",
    3: "int32",
    4: "uint8",
    5: "int16",
    6: "int8",
    7: "string",
    9: "int64",
    10: "bool",
    14: "bfloat16",
    19: "float16",
    22: "uint32",
    23: "uint64",
}
"""Numbers of ``tensorflow.DataType``."""


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Name, dtype and shape of one argument or result."""

    name: str
    dtype: str
    shape: tuple[int | None, ...] | None
    """None for a size that is open; None altogether where the rank is."""

    def __str__(self) -> str:
        return f"{self.name!r} {self.dtype} {self.shape_text()}"

    def shape_text(self) -> str:
        """The shape as a person writes it: ``[n, 128, 128, 3]``."""
        if self.shape is None:
            return "[any shape]"
        sizes = ["?" if size is None else str(size) for size in self.shape]
        if sizes and sizes[0] == "?":
            sizes[0] = "n"
        return f"[{', '.join(sizes)}]"


@dataclass(frozen=True, slots=True)
class Signature:
    """One callable of the SavedModel."""

    name: str
    inputs: Mapping[str, TensorSpec]
    outputs: Mapping[str, TensorSpec]


def read_signatures(content: bytes) -> dict[str, Signature]:
    """The signatures in the content of a ``saved_model.pb``, by name.

    Raises:
        ModelError: it is not a SavedModel, or it has nothing to call.
    """
    serving = serving_graph(content)
    found = {
        entry.key: _signature(entry.key, entry.value)
        for entry in (serving.signatures if serving is not None else ())
        if not entry.key.startswith("__")
    }
    if not found:
        raise ModelError(
            f"{SAVED_MODEL_FILE} has no signature to call; export the model with one "
            "(Keras: model.export(path); tf.Module: tf.saved_model.save(…, signatures=…))"
        )
    return found


def serving_graph(content: bytes) -> Any:
    """The message of the graph that is served, its fields as in ``_MESSAGES``; None: there is none.

    Raises:
        ModelError: it is not a SavedModel.
    """
    from google.protobuf.message import DecodeError

    message = _message_class()()
    try:
        message.ParseFromString(content)
    except DecodeError as error:
        raise ModelError(
            f"{SAVED_MODEL_FILE} cannot be read: it is none, or was cut off; export or copy it "
            "again"
        ) from error
    graphs = list(message.meta_graphs)
    serving = [graph for graph in graphs if "serve" in graph.info.tags] or graphs
    return serving[0] if serving else None


def _signature(name: str, message: Any) -> Signature:
    return Signature(
        name=name,
        inputs=_tensors(message.inputs),
        outputs=_tensors(message.outputs),
    )


def _tensors(entries: Any) -> dict[str, TensorSpec]:
    """By name, in the order of names: a protobuf map has none of its own."""
    return {entry.key: _tensor(entry) for entry in sorted(entries, key=lambda each: each.key)}


def _tensor(entry: Any) -> TensorSpec:
    info = entry.value
    return TensorSpec(name=entry.key, dtype=dtype_name(info.dtype), shape=sizes(info.shape))


def dtype_name(number: int) -> str:
    """As TensorFlow calls it."""
    return _DTYPES.get(number, f"dtype {number}")


def sizes(shape: Any) -> tuple[int | None, ...] | None:
    """Of a ``Shape`` message, as in :class:`TensorSpec`."""
    if shape.unknown_rank:
        return None
    return tuple(None if dim.size < 0 else int(dim.size) for dim in shape.dims)


@lru_cache(maxsize=1)
def _message_class() -> Any:
    """The protobuf class for :data:`_MESSAGES`, in a pool apart from TensorFlow's own."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    package = "moderation.savedmodel"
    file = descriptor_pb2.FileDescriptorProto(
        name="moderation/savedmodel.proto", package=package, syntax="proto3"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field_name, number, label, kind, type_name in fields:
            message.field.add(
                name=field_name,
                number=number,
                label=label,
                type=kind,
                type_name=f".{package}.{type_name}" if type_name else None,
            )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    descriptor = pool.FindMessageTypeByName(f"{package}.SavedModel")
    return message_factory.GetMessageClass(descriptor)
