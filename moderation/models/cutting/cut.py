"""A whole signature as encoders and what joins them, of one graph with the same variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from moderation.models.cutting.alike import Computation
from moderation.models.cutting.flat import CannotCut, Flat, flatten, node_of
from moderation.models.cutting.regions import REST, Regions, find_regions
from moderation.models.cutting.trace import Section, Tracing
from moderation.models.features import in_places
from schemas.card import EncodedPart, FeaturesSpec, InputSpec

JOINING = "cut/join"
_MOST_ROW_BYTES = 1 << 20
"""Of what is kept for a part of an item; more costs more to move than it may save."""


@dataclass(frozen=True)
class Cut:
    """Functions as a SavedModel's signatures are, and how they make the whole one."""

    functions: Mapping[str, Any]
    features: FeaturesSpec
    """Its ``output`` is to be set to the task's own."""


def cut(function: Any, inputs: Sequence[InputSpec]) -> Cut:
    """Find the encoders in a signature.

    Args:
        function: a signature of a loaded SavedModel that takes any number of rows.
        inputs: what of a record feeds each of its arguments.

    Raises:
        CannotCut: it has none, or it cannot be told that they always give the same.
    """
    parts = _parts(inputs)
    if len(set(parts.values())) < 2:
        raise CannotCut("it looks at one thing alone")
    if set(parts) != set(function.structured_input_signature[1]):
        raise CannotCut("not all of its inputs come from records")
    flat = flatten(function)
    whole: set[str] = set()
    while True:  # there are few parts
        try:
            return _cut(function, inputs, flat, find_regions(flat, parts, whole=whole))
        except CannotCut as why:
            if why.part is None:
                raise
            whole.add(why.part)


def _cut(function: Any, inputs: Sequence[InputSpec], flat: Flat, regions: Regions) -> Cut:
    encoders = _Encoders(function, flat, regions, {spec.name: spec for spec in inputs})
    made = tuple(encoders.part(name) for name in regions.by_part)
    straight = tuple(spec for spec in inputs if spec.name in regions.straight)
    joined = _join(encoders, made)
    features = FeaturesSpec(signature=JOINING, parts=made, inputs=straight, output="")
    return Cut({**encoders.functions, JOINING: joined}, features)


def _parts(inputs: Iterable[InputSpec]) -> dict[str, str]:
    """Of each input, the part of an item that it belongs to: what shares a field is one."""
    groups: list[set[str]] = []
    for spec in inputs:
        fields = set(spec.fields)
        touched = [group for group in groups if group & fields]
        groups = [group for group in groups if not group & fields]
        groups.append(fields.union(*touched))
    return {
        spec.name: "+".join(sorted(group))
        for spec in inputs
        for group in groups
        if group & set(spec.fields)
    }


@dataclass
class _Encoders:
    function: Any
    flat: Flat
    regions: Regions
    inputs: Mapping[str, InputSpec]
    functions: dict[str, Any] = field(default_factory=dict)
    _known: dict[object, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tracing = Tracing(self.flat, noted=tuple(self.regions.shapes.values()))
        self._computation = Computation(self.flat)
        self.crossing: dict[str, str] = {}
        """Argument of the joining function, and the tensor that it stands for."""

    def part(self, name: str) -> EncodedPart:
        """How a part is encoded; by a function that is there already where it is the same."""
        region = self.regions.by_part[name]
        renamed = {old: f"input_{at}" for at, old in enumerate(region.arguments)}
        specs = [self.inputs[old].model_copy(update={"name": new}) for old, new in renamed.items()]
        digests = self._computation.digests(renamed)
        order = sorted(region.crossing, key=lambda each: (digests[node_of(each)], each))
        of = name.replace("+", "_")
        outputs = {f"output_{at}": f"{of}_feature_{at}" for at in range(len(order))}
        made = EncodedPart(signature="", inputs=tuple(specs), outputs=outputs)
        told = [(digests[node_of(each)], each.rpartition(":")[2]) for each in order]
        checks = sorted(digests[each] for each in self.regions.checks.get(name, ()))
        key = (in_places(made)[0], tuple(told), tuple(checks))
        signature = self._known.setdefault(key, f"cut/encode_{len(self._known)}")
        if signature not in self.functions:
            self.functions[signature] = self._encoder(name, renamed=renamed, order=order)
        self.crossing |= dict(zip(outputs.values(), order, strict=True))
        return made.model_copy(update={"signature": signature})

    def _encoder(self, part: str, *, renamed: Mapping[str, str], order: Sequence[str]) -> Any:
        specs = self.function.structured_input_signature[1]
        made = self.tracing.function(
            Section(
                specs={new: specs[old] for old, new in renamed.items()},
                fed={self._placeholder(old): new for old, new in renamed.items()},
                wanted={f"output_{at}": tensor for at, tensor in enumerate(order)},
                checks=self.regions.checks.get(part, ()),
                done=self.regions.done_before(part),
            )
        )
        _expect_rows(made.structured_outputs.values(), part=part)
        return made

    def _placeholder(self, argument: str) -> str:
        return next(f"{node}:0" for node, name in self.flat.arguments.items() if name == argument)

    def straight(self) -> dict[str, str]:
        """Placeholders of what the joining function takes itself."""
        return {self._placeholder(name): name for name in self.regions.straight}


def _join(encoders: _Encoders, parts: Sequence[EncodedPart]) -> Any:
    taken = {
        to: encoders.functions[part.signature].structured_outputs[output]
        for part in parts
        for output, to in part.outputs.items()
    }
    import tensorflow as tf

    specs = {name: tf.TensorSpec(tensor.shape, tensor.dtype) for name, tensor in taken.items()}
    given = encoders.function.structured_input_signature[1]
    specs |= {name: given[name] for name in encoders.regions.straight}
    regions = encoders.regions
    return encoders.tracing.function(
        Section(
            specs=specs,
            fed={**{each: name for name, each in encoders.crossing.items()}, **encoders.straight()},
            wanted=encoders.flat.outputs,
            checks=regions.checks.get(REST, ()),
            done=regions.done_before(REST),
            shapes=regions.shapes,
        )
    )


def _expect_rows(tensors: Iterable[Any], *, part: str) -> None:
    """Raises ``CannotCut`` unless each has a row an item, of a size that is known and small."""
    size = 0
    for tensor in tensors:
        shape = tensor.shape
        if not shape.rank or shape[0] is not None or None in shape.as_list()[1:]:
            raise CannotCut(f"what an encoder gives has the shape {shape}", part=part)
        size += int(shape[1:].num_elements()) * tensor.dtype.size
    if size > _MOST_ROW_BYTES:
        raise CannotCut(f"an encoder gives {size:,} bytes an item", part=part)
