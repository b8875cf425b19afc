"""What a signature's graph says beyond its inputs: parsed features, tables, image sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from moderation.models.savedmodel import TensorSpec, dtype_name, serving_graph, sizes

_RESIZES = ("ResizeBilinear", "ResizeBicubic", "ResizeArea", "ResizeNearestNeighbor")
_VARIABLES = ("VarHandleOp", "VariableV2", "Variable")


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature that the graph parses out of a ``tf.train.Example``."""

    tensor: TensorSpec
    """Its shape is that of one record; None: of any length."""
    required: bool
    """False: a record may be without it."""


@dataclass(frozen=True, slots=True)
class GraphFacts:
    """Of what a signature's outputs hang on."""

    features: tuple[Feature, ...] = ()
    tables: Mapping[str, tuple[int, int]] | None = None
    """Variables of two dimensions by name; None: not looked for."""
    resizes: frozenset[tuple[int, int]] = frozenset()
    """Height and width that images are resized to."""


def read_graph(content: bytes, signature: str) -> GraphFacts:
    """What ``saved_model.pb`` says of a signature's graph; needs no TensorFlow.

    Raises:
        ModelError: it is not a SavedModel.
    """
    graph = serving_graph(content)
    if graph is None:
        return GraphFacts()
    scopes = list(_reachable(graph, signature))
    return GraphFacts(
        features=tuple(dict.fromkeys(each for scope in scopes for each in _features(scope))),
        tables=_tables(graph),
        resizes=frozenset(each for scope in scopes for each in _resizes(scope)),
    )


class _Scope(dict[str, Any]):
    """The nodes of the graph or of one function, by name."""

    def __init__(self, nodes: Any) -> None:
        super().__init__((node.name, node) for node in nodes)

    def input(self, node: Any, at: int) -> Any:
        """The node that another's input comes from; None: from outside."""
        return self.get(_name(node.inputs[at])) if at < len(node.inputs) else None


def _name(tensor: str) -> str:
    return tensor.removeprefix("^").split(":", 1)[0]


def _reachable(graph: Any, signature: str) -> Iterator[_Scope]:
    """The part of the graph that the outputs hang on, then each function that it calls."""
    functions = {each.signature.name: each for each in graph.graph.library.functions}
    outputs = [
        _name(output.value.name)
        for entry in graph.signatures
        if entry.key == signature
        for output in entry.value.outputs
    ]
    scope = _Scope(_upstream(_Scope(graph.graph.nodes), outputs))
    yield scope
    waiting, seen = [*_called(scope)], set()
    while waiting:
        name = waiting.pop()
        if name in functions and name not in seen:
            seen.add(name)
            scope = _Scope(functions[name].nodes)
            yield scope
            waiting += _called(scope)


def _upstream(nodes: _Scope, names: list[str]) -> Iterator[Any]:
    waiting, seen = [*names], set()
    while waiting:
        name = waiting.pop()
        if name in nodes and name not in seen:
            seen.add(name)
            yield nodes[name]
            waiting += map(_name, nodes[name].inputs)


def _called(scope: _Scope) -> Iterator[str]:
    for node in scope.values():
        for entry in node.attributes:
            yield entry.value.function.name
            yield from (each.name for each in entry.value.list.functions)


def _attributes(node: Any) -> dict[str, Any]:
    return {entry.key: entry.value for entry in node.attributes}


def _features(scope: _Scope) -> Iterator[Feature]:
    for node in scope.values():
        if node.op == "ParseExampleV2":
            yield from _of_second_version(scope, node)
        elif node.op == "ParseExample":
            yield from _of_first_version(scope, node)
        elif node.op == "ParseSingleExample":
            yield from _of_one_example(scope, node)


def _of_second_version(scope: _Scope, node: Any) -> Iterator[Feature]:
    attributes = _attributes(node)
    sparse, dense, ragged = (_strings(scope.input(node, at)) for at in (2, 3, 4))
    yield from _open(sparse, attributes["sparse_types"])
    if "ragged_value_types" in attributes:
        yield from _open(ragged, attributes["ragged_value_types"])
    yield from _dense(scope, node, dense, first_default=5)


def _of_first_version(scope: _Scope, node: Any) -> Iterator[Feature]:
    attributes = _attributes(node)
    few, many = int(attributes["Nsparse"].i), int(attributes["Ndense"].i)
    keys = [_strings(scope.input(node, 2 + at)) for at in range(few + many)]
    names = [each[0] if each else "" for each in keys]
    yield from _open(names[:few], attributes["sparse_types"])
    yield from _dense(scope, node, names[few:], first_default=2 + few + many)


def _of_one_example(scope: _Scope, node: Any) -> Iterator[Feature]:
    attributes = _attributes(node)
    sparse, dense = (
        [each.decode("utf-8", "replace") for each in attributes[name].list.strings]
        for name in ("sparse_keys", "dense_keys")
    )
    yield from _open(sparse, attributes["sparse_types"])
    yield from _dense(scope, node, dense, first_default=1)


def _open(names: list[str], types: Any) -> Iterator[Feature]:
    for name, number in zip(names, types.list.types, strict=False):
        yield Feature(TensorSpec(name, dtype_name(number), None), required=False)


def _dense(scope: _Scope, node: Any, names: list[str], *, first_default: int) -> Iterator[Feature]:
    attributes = _attributes(node)
    kinds = zip(
        attributes["Tdense"].list.types, attributes["dense_shapes"].list.shapes, strict=True
    )
    for at, (name, (number, shape)) in enumerate(zip(names, kinds, strict=False)):
        default = scope.input(node, first_default + at)
        tensor = TensorSpec(name, dtype_name(number), sizes(shape))
        yield Feature(tensor, required=_is_empty(default))


def _tensor(node: Any) -> Any:
    return _attributes(node)["value"].tensor if node is not None and node.op == "Const" else None


def _strings(node: Any) -> list[str]:
    tensor = _tensor(node)
    return [each.decode("utf-8", "replace") for each in tensor.strings] if tensor else []


def _is_empty(node: Any) -> bool:
    tensor = _tensor(node)
    return tensor is not None and 0 in (sizes(tensor.shape) or ())


def _tables(graph: Any) -> dict[str, tuple[int, int]]:
    found = {each.variable.name: sizes(each.variable.shape) for each in graph.objects.nodes}
    for node in graph.graph.nodes:
        if node.op in _VARIABLES:
            found.setdefault(node.name, sizes(_attributes(node)["shape"].shape))
    return {
        name: (shape[0], shape[1])
        for name, shape in found.items()
        if shape is not None and len(shape) == 2 and shape[0] is not None and shape[1] is not None
    }


def _resizes(scope: _Scope) -> Iterator[tuple[int, int]]:
    for node in scope.values():
        if node.op in _RESIZES:
            tensor = _tensor(scope.input(node, 1))
            values = (
                (np.frombuffer(tensor.content, "<i4").tolist() or [*tensor.ints]) if tensor else []
            )
            if len(values) in (1, 2):
                yield int(values[0]), int(values[-1])
