"""A signature's graph without the calls of functions within it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_READS = {
    "Assert", "Placeholder", "ReadVariableOp", "ResourceGather", "ResourceGatherNd",
    "LookupTableFindV2", "NoOp",
}  # fmt: skip
"""Operations that TensorFlow calls stateful and that give the same for the same, every time."""
_DRAWS = "Random"


class CannotCut(Exception):
    """Why a signature stays whole or, where ``part`` is named, why that part is not apart."""

    def __init__(self, why: str, *, part: str | None = None) -> None:
        super().__init__(why)
        self.part = part


@dataclass(frozen=True)
class Flat:
    """Nodes of a signature in an order in which each comes after its inputs."""

    graph_def: Any
    nodes: Mapping[str, Any]
    arguments: Mapping[str, str]
    """Name of a placeholder, and the argument that it stands for."""
    captured: Mapping[str, Any]
    """Name of a placeholder, and the tensor that it stands for: variables and tables."""
    outputs: Mapping[str, str]
    """Name of an output, and its tensor as ``node:index``."""
    bodies: Mapping[str, Any]
    """Name of a function that is still called, and its nodes."""

    def operations(self, node: Any) -> set[str]:
        """A node's own, or those of all that it calls."""
        return {each.op for each in _reached([node], self.bodies)}


def flatten(function: Any) -> Flat:
    """The graph of a loaded signature.

    Raises:
        CannotCut: it has operations that may give something else each time.
    """
    graph_def = _inlined(function)
    nodes = _ordered({node.name: node for node in graph_def.node})
    bodies = {each.signature.name: each.node_def for each in graph_def.library.function}
    for operation in {each.op for each in _reached(nodes.values(), bodies)}:
        _expect_repeatable(operation)
    specs = function.structured_input_signature[1]
    names = [tensor.op.name for tensor in function.inputs]
    given = dict(zip(names, sorted(specs), strict=False))
    return Flat(
        graph_def=graph_def,
        nodes=nodes,
        arguments=given,
        captured=dict(zip(names[len(given) :], function.captured_inputs, strict=True)),
        outputs=dict(
            zip(
                sorted(function.structured_outputs),
                (tensor.name for tensor in function.outputs),
                strict=True,
            )
        ),
        bodies=bodies,
    )


def data_inputs(node: Any) -> list[str]:
    """Tensors that a node takes, each as ``node:index``."""
    taken = (name for name in node.input if not name.startswith("^"))
    return [name if ":" in name else f"{name}:0" for name in taken]


def control_inputs(node: Any) -> list[str]:
    """Nodes that must have run before."""
    return [name[1:] for name in node.input if name.startswith("^")]


def node_of(tensor: str) -> str:
    """The name of the node that gives a tensor."""
    return tensor.rpartition(":")[0]


def inputs_of(node: Any) -> list[str]:
    """Names of all nodes that come before one."""
    return [*map(node_of, data_inputs(node)), *control_inputs(node)]


def _inlined(function: Any) -> Any:
    import tensorflow as tf
    from tensorflow.core.protobuf import config_pb2, meta_graph_pb2
    from tensorflow.python.grappler import tf_optimizer

    graph_def = function.graph.as_graph_def()
    for each in graph_def.library.function:
        each.attr.pop("api_implements", None)  # another implementation: it would stay a call
    for nodes in (graph_def.node, *(each.node_def for each in graph_def.library.function)):
        for node in nodes:
            if node.op in ("If", "While", "StatelessIf", "StatelessWhile", "Case", "StatelessCase"):
                node.attr["_lower_using_switch_merge"].b = False  # a branch stays one node
    meta_graph = tf.compat.v1.train.export_meta_graph(graph_def=graph_def, graph=function.graph)
    kept = meta_graph_pb2.CollectionDef()
    kept.node_list.value.extend(tensor.name for tensor in (*function.inputs, *function.outputs))
    meta_graph.collection_def["train_op"].CopyFrom(kept)
    config = config_pb2.ConfigProto()
    config.graph_options.rewrite_options.min_graph_nodes = -1
    config.graph_options.rewrite_options.optimizers.append("function")
    return tf_optimizer.OptimizeGraph(config, meta_graph)


def _ordered(nodes: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ``CannotCut`` where nodes wait for each other."""
    found: dict[str, Any] = {}
    waiting: list[tuple[str, Iterator[str]]] = []
    begun: set[str] = set()

    def begin(name: str) -> None:
        begun.add(name)
        waiting.append((name, iter(inputs_of(nodes[name]))))

    for start in nodes:
        if start not in begun:
            begin(start)
        while waiting:
            name, left = waiting[-1]
            following = next((each for each in left if each not in found), None)
            if following is None:
                found[name] = nodes[name]
                waiting.pop()
            elif following in begun:
                raise CannotCut("it has a loop that is no single operation")
            else:
                begin(following)
    return found


def _reached(nodes: Iterable[Any], bodies: Mapping[str, Any]) -> Iterator[Any]:
    """Nodes that call nothing, those of called functions among them: branches, bodies of loops."""
    waiting, been = list(nodes), set[str]()
    while waiting:
        node = waiting.pop()
        called = {name for value in node.attr.values() for name in _functions(value)}
        if not called:
            yield node
        for name in called - been:
            been.add(name)
            waiting += bodies[name]


def _functions(value: Any) -> list[str]:
    named = [value.func] if value.HasField("func") else value.list.func
    return [each.name for each in named if each.name]


def _expect_repeatable(name: str) -> None:
    from tensorflow.python.framework import op_def_registry

    definition = op_def_registry.get(name)
    if definition is None:
        raise CannotCut(f"it calls {name}")
    if _DRAWS in name or (definition.is_stateful and name not in _READS):
        raise CannotCut(f"{name} may give something else each time")
