"""Functions of parts of a graph."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from moderation.models.cutting.flat import (
    CannotCut,
    Flat,
    control_inputs,
    data_inputs,
    node_of,
)


@dataclass(frozen=True)
class Section:
    """A part of a graph: from tensors that are given to tensors that are wanted."""

    specs: Mapping[str, Any]
    """Of the arguments, by name."""
    fed: Mapping[str, str]
    """Tensors of the graph, each with the argument that stands for it."""
    wanted: Mapping[str, str]
    """Names of results, each with its tensor."""
    checks: Collection[str] = ()
    """Nodes that run as well: assertions."""
    done: Collection[str] = ()
    """Nodes that others wait for and that another section runs."""
    shapes: Mapping[str, str] = field(default_factory=dict)
    """Nodes that give the shape of a tensor that another section makes, and that tensor."""


class Tracing:
    """Makes functions of a graph's sections, which share its variables.

    Args:
        flat: the graph.
        noted: tensors of which a later section asks the shape.
    """

    def __init__(self, flat: Flat, *, noted: Collection[str] = ()) -> None:
        self._flat = flat
        self._noted = noted
        self._row_shapes: dict[str, list[int | None]] = {}

    def function(self, section: Section) -> Any:
        """A concrete function of named arguments and named results.

        Raises:
            CannotCut: the section asks for a shape that is not known but for the number of rows.
        """
        import tensorflow as tf

        def traced(**given: Any) -> dict[str, Any]:
            values = {tensor: given[name] for tensor, name in section.fed.items()}
            for node, tensor in section.shapes.items():
                rows = tf.shape(next(iter(given.values())))[0]
                values[f"{node}:0"] = self._shape(node, tensor, rows)
            return self._imported(section, values)

        specs = {
            name: tf.TensorSpec(spec.shape, spec.dtype, name)
            for name, spec in section.specs.items()
        }
        return tf.function(traced, autograph=False).get_concrete_function(**specs)

    def _shape(self, node: str, tensor: str, rows: Any) -> Any:
        import tensorflow as tf

        sizes = self._row_shapes.get(tensor)
        if sizes is None or None in sizes:
            raise CannotCut("the shape of something within an encoder is asked for outside")
        kind = tf.dtypes.as_dtype(self._flat.nodes[node].attr["out_type"].type or tf.int32)
        return tf.cast(tf.stack([rows, *sizes]), kind)

    def _imported(self, section: Section, values: dict[str, Any]) -> dict[str, Any]:
        import tensorflow as tf

        kept = self._needed(section, values)
        graph = tf.compat.v1.get_default_graph()
        graph_def = self._graph_def(section, kept)
        values |= {
            f"{name}:0": graph.capture(tensor)
            for name, tensor in self._flat.captured.items()
            if name in kept
        }
        made = {each.name for each in graph_def.node}
        used = {tensor for node in graph_def.node for tensor in data_inputs(node)}
        asked = [*section.wanted.values(), *self._noted]
        inner = [tensor for tensor in dict.fromkeys(asked) if node_of(tensor) in made]
        found = tf.graph_util.import_graph_def(
            graph_def,
            input_map={tensor: value for tensor, value in values.items() if tensor in used},
            return_elements=[*inner, *section.checks],
            name="",
        )
        values |= dict(zip(inner, found, strict=False))
        for tensor in self._noted:
            if tensor in values and values[tensor].shape.rank:
                self._row_shapes[tensor] = values[tensor].shape.as_list()[1:]
        with tf.control_dependencies(found[len(inner) :]):
            return {name: tf.identity(values[tensor]) for name, tensor in section.wanted.items()}

    def _graph_def(self, section: Section, kept: Collection[str]) -> Any:
        import tensorflow as tf

        graph_def = tf.compat.v1.GraphDef()
        graph_def.versions.CopyFrom(self._flat.graph_def.versions)
        graph_def.library.CopyFrom(self._flat.graph_def.library)
        for name, node in self._flat.nodes.items():
            if name in kept and name not in self._flat.captured:
                copied = graph_def.node.add()
                copied.CopyFrom(node)
                copied.attr.pop("_class", None)  # beside nodes that may not be here
                for other in control_inputs(node):
                    if other in section.done:
                        copied.input.remove(f"^{other}")
        return graph_def

    def _needed(self, section: Section, values: Mapping[str, Any]) -> set[str]:
        needed: set[str] = set()
        wanted = [tensor for tensor in section.wanted.values() if tensor not in values]
        waiting = [*map(node_of, wanted), *section.checks]
        while waiting:
            name = waiting.pop()
            if name in needed:
                continue
            needed.add(name)
            node = self._flat.nodes[name]
            waiting += [node_of(each) for each in data_inputs(node) if each not in values]
            waiting += [each for each in control_inputs(node) if each not in section.done]
        return needed
