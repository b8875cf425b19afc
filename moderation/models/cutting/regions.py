"""Which nodes of a graph look at one part of an item alone, and where they meet the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from moderation.models.cutting.flat import (
    CannotCut,
    Flat,
    control_inputs,
    data_inputs,
    inputs_of,
    node_of,
)

REST = "rest"
"""In place of a part: what the joining function does itself."""
_SHAPES = {"Shape", "ShapeN", "Size", "Rank"}
"""They look at how many rows there are, and at nothing in them."""
_HEAVY = {
    "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Conv2D", "Conv3D", "DepthwiseConv2dNative",
    "Einsum", "FusedBatchNormV3", "MatMul", "XlaConvV2", "XlaDotV2",
}  # fmt: skip


@dataclass
class Region:
    """What one part of an item goes through by itself."""

    crossing: list[str] = field(default_factory=list)
    """Tensors that the rest takes from it, as ``node:index``."""
    arguments: list[str] = field(default_factory=list)
    """Of the signature, that feed it."""


@dataclass(frozen=True)
class Regions:
    """A signature in parts."""

    by_part: Mapping[str, Region]
    straight: tuple[str, ...]
    """Arguments that the joining function takes itself."""
    shapes: Mapping[str, str]
    """Nodes by which the joining function asks for the shape of a tensor that stays in a part, and
    that tensor."""
    checks: Mapping[str, frozenset[str]]
    """By part and :data:`REST`, nodes of it that others wait for: assertions. Each runs where it
    belongs, and nothing waits for it elsewhere."""

    def done_before(self, part: str) -> set[str]:
        """Nodes that a part need not wait for."""
        return {each for other, names in self.checks.items() if other != part for each in names}


def find_regions(flat: Flat, parts: Mapping[str, str], *, whole: Collection[str] = ()) -> Regions:
    """Cut where what was computed of one part meets anything else.

    Args:
        flat: the graph.
        parts: of each argument, the part of an item that feeds it.
        whole: parts that are not to be encoded apart.

    Raises:
        CannotCut: there is nothing to be encoded apart.
    """
    seen = _seen(flat, parts)
    light = set(parts.values()) - _with_heavy_work(flat, seen) | set(whole)
    seen = _seen(flat, {name: REST if part in light else part for name, part in parts.items()})
    heavy = _with_heavy_work(flat, seen)
    if not heavy:
        raise CannotCut("no part of an item is encoded by itself")
    by_part = {part: Region() for part in sorted(heavy)}
    shapes = _cross(flat, seen=seen, by_part=by_part)
    straight = {name for node, name in flat.arguments.items() if seen[node] == {REST}}
    for part, region in by_part.items():
        region.arguments = sorted(name for name, fed in parts.items() if fed == part)
        raw = [each for each in region.crossing if node_of(each) in flat.arguments]
        straight |= {flat.arguments[node_of(each)] for each in raw}
        region.crossing = [each for each in region.crossing if each not in raw]
        if not region.crossing:
            raise CannotCut("it is only looked at beside the others", part=part)
    return Regions(by_part, tuple(sorted(straight)), shapes, _checks(flat, seen))


def _seen(flat: Flat, parts: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Of each node, the parts that it depends on; none for what is the same for every item."""
    seen: dict[str, frozenset[str]] = {}
    for name, node in flat.nodes.items():
        if name in flat.arguments:
            seen[name] = frozenset([parts[flat.arguments[name]]])
        elif node.op in _SHAPES:
            seen[name] = frozenset()
        else:
            seen[name] = frozenset().union(*(seen[node_of(each)] for each in data_inputs(node)))
    return seen


def _with_heavy_work(flat: Flat, seen: Mapping[str, frozenset[str]]) -> set[str]:
    found: set[str] = set()
    for name, node in flat.nodes.items():
        if not _HEAVY.isdisjoint(flat.operations(node)):
            found |= seen[name] if len(seen[name]) == 1 else set()
    return found - {REST}


def _cross(
    flat: Flat, *, seen: Mapping[str, frozenset[str]], by_part: Mapping[str, Region]
) -> dict[str, str]:
    """Walk from the outputs to where the parts end; returns what only its shape is asked of."""
    shapes: dict[str, str] = {}
    been: set[str] = set()
    waiting: list[str] = []

    def meet(tensor: str) -> None:
        tensor = _plain(flat, tensor)
        part = _part(seen[node_of(tensor)])
        if part is None:
            waiting.append(node_of(tensor))
        elif tensor not in by_part[part].crossing:
            by_part[part].crossing.append(tensor)

    for tensor in flat.outputs.values():
        meet(tensor)
    while waiting:
        name = waiting.pop()
        if name in been:
            continue
        been.add(name)
        node = flat.nodes[name]
        within = [each for each in data_inputs(node) if _part(seen[node_of(each)]) is not None]
        if within and node.op in _SHAPES:
            if node.op != "Shape":
                raise CannotCut(f"{node.op} of what is encoded apart")
            shapes[name] = within[0]
            continue
        for tensor in data_inputs(node):
            meet(tensor)
    return shapes


def _checks(flat: Flat, seen: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """What must have run in one place before something in another does, by its own place."""
    touched: dict[str, frozenset[str]] = {}
    for name, node in flat.nodes.items():
        own = seen[name] if name in flat.arguments else frozenset()
        touched[name] = own.union(*(touched[each] for each in inputs_of(node)))

    def place(name: str) -> str | None:
        parts = seen[name] or touched[name]
        return (_part(parts) or REST) if parts else None

    found: dict[str, set[str]] = {}
    for name in _before(flat, [node_of(tensor) for tensor in flat.outputs.values()]):
        for other in control_inputs(flat.nodes[name]):
            if (where := place(other)) not in (None, place(name)):
                found.setdefault(where or REST, set()).add(other)
    return {where: frozenset(names) for where, names in found.items()}


def _before(flat: Flat, names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += inputs_of(flat.nodes[name])
    return found


def _plain(flat: Flat, tensor: str) -> str:
    """The argument that a tensor is a mere copy of, or the tensor."""
    source = tensor
    while (node := flat.nodes[node_of(source)]).op == "Identity" and not control_inputs(node):
        source = data_inputs(node)[0]
    return source if node_of(source) in flat.arguments else tensor


def _part(seen: Iterable[str]) -> str | None:
    """The one part that a node depends on, unless the joining function has it."""
    parts = set(seen)
    return parts.pop() if len(parts) == 1 and REST not in parts else None
