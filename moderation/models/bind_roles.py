"""What each input of a bare SavedModel stands for: a role, a constant, or a record's features."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from moderation.models.conventions import (
    EXAMPLE_NAMES,
    PASSED_ON,
    ROLES,
    Role,
    assign_roles,
    plain_names,
)
from moderation.models.graph import GraphFacts
from moderation.models.problems import Problems, UnboundError
from moderation.models.savedmodel import Signature, TensorSpec
from moderation.models.types import BareOptions
from moderation.option_error import option

Constant = bool | int | float | str

_CONSTANT = "const:"
_FEATURE_DTYPES = {"text": "string", "image": "string", "tokens": "int64"}
"""Of features that the graph does not tell of."""
_KNOWN = ", ".join(sorted(ROLES))


@dataclass(frozen=True, slots=True)
class Bound:
    """One input, or one feature of an example; exactly one of the last three is there."""

    tensor: TensorSpec
    role: Role | None = None
    constant: Constant | None = None
    features: tuple[Bound, ...] = ()

    @property
    def roles(self) -> Iterator[Role]:
        """Its own, or those of its features."""
        for each in self.features or (self,):
            if each.role is not None:
                yield each.role


def bind_roles(
    signature: Signature, *, facts: GraphFacts, options: BareOptions, problems: Problems
) -> tuple[Bound, ...]:
    """What stands for what, as far as it is beyond doubt; the rest is told."""
    given, of_features = _by_input(signature, options.bind)
    for name, to in given.items():
        if name not in signature.inputs:
            problems.add(
                UnboundError(f"{option('bind')} {name}={to}: the model has no input {name!r}")
            )
    roles = assign_roles([*signature.inputs], _known(given, problems))
    examples = _example_input(signature, {**given, **roles}, facts=facts, told=of_features)
    found = []
    for name, tensor in signature.inputs.items():
        if name == examples:
            features = _features(
                tensor, facts=facts, bind=of_features.get(name, {}), problems=problems
            )
            found += [Bound(tensor, features=features)] if features else []
        elif given.get(name, "").startswith(_CONSTANT):
            found += _constant(tensor, given[name], problems)
        elif name in roles:
            found.append(Bound(tensor, role=roles[name]))
        elif name == PASSED_ON and tensor.dtype == "string":
            found.append(Bound(tensor, constant=""))
        elif name not in given:
            problems.add(_nameless(f"input {tensor}"))
    return tuple(found)


def _nameless(what: str) -> UnboundError:
    return UnboundError(
        f"{what} goes by no known name",
        f"{option('bind')} INPUT=NAME,… says what such an input stands for; NAME is one of "
        f"{_KNOWN}, or const:VALUE for what is the same for all; a feature of serialized examples "
        "is INPUT:FEATURE. (Keras: model.export keeps names, tf.saved_model.save drops them.)",
    )


def _by_input(
    signature: Signature, bind: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """``INPUT=NAME`` apart from ``INPUT:FEATURE=NAME``."""
    given: dict[str, str] = {}
    of_features: dict[str, dict[str, str]] = {}
    for name, to in bind.items():
        head, colon, feature = name.partition(":")
        if colon and name not in signature.inputs and head in signature.inputs:
            of_features.setdefault(head, {})[feature] = to
        else:
            given[name] = to
    return given, of_features


def _known(given: Mapping[str, str], problems: Problems) -> dict[str, str]:
    for name, to in given.items():
        if to not in ROLES and not to.startswith(_CONSTANT):
            problems.add(UnboundError(f"{option('bind')} {name}={to}: {to!r} is none of {_KNOWN}"))
    return {name: to for name, to in given.items() if to in ROLES}


def _example_input(
    signature: Signature,
    settled: Mapping[str, object],
    *,
    facts: GraphFacts,
    told: Mapping[str, Mapping[str, str]],
) -> str | None:
    """The input that takes serialized examples: told so, or the one string that is parsed."""
    if told or not facts.features:
        return next(iter(told), None)
    strings = [
        name
        for name, tensor in signature.inputs.items()
        if tensor.dtype == "string" and name not in settled
    ]
    named = [name for name in strings if EXAMPLE_NAMES & {*plain_names(name)}]
    return next(iter(named), strings[0] if len(strings) == 1 else None)


def _features(
    tensor: TensorSpec, *, facts: GraphFacts, bind: Mapping[str, str], problems: Problems
) -> tuple[Bound, ...]:
    known = {feature.tensor.name: feature for feature in facts.features}
    for name in sorted({*bind} - {*known}) if known else ():
        parsed = ", ".join(sorted(known))
        problems.add(
            UnboundError(
                f"{option('bind')} {tensor.name}:{name}: the model parses {parsed} and no other"
            )
        )
    names = list(dict.fromkeys((*known, *bind)))
    roles = assign_roles(names, _known(bind, problems))
    found = []
    for name in names:
        feature = known.get(name)
        spec = _of_batch(name, feature.tensor if feature else None, roles.get(name))
        if bind.get(name, "").startswith(_CONSTANT):
            found += _constant(spec, bind[name], problems)
        elif name in roles:
            found.append(Bound(spec, role=roles[name]))
        elif feature is not None and feature.required and name not in bind:
            problems.add(_nameless(f"feature {spec} of input {tensor.name!r}"))
    if not found and not problems.found:
        problems.add(_nameless(f"every feature of input {tensor.name!r}"))
    return tuple(found)


def _of_batch(name: str, tensor: TensorSpec | None, role: Role | None) -> TensorSpec:
    """A feature as a batch has it; one of any length is one string, or a row of numbers."""
    dtype = _FEATURE_DTYPES[role.source] if role is not None else "string"
    spec = tensor or TensorSpec(name, dtype, None)
    if spec.shape is None:
        return replace(spec, shape=(None,) if spec.dtype == "string" else (None, None))
    return replace(spec, shape=(None, *spec.shape))


def _constant(tensor: TensorSpec, text: str, problems: Problems) -> list[Bound]:
    said = text.removeprefix(_CONSTANT)
    try:
        value = _READ[_family(tensor.dtype)](said)
    except (KeyError, ValueError):
        problems.add(
            UnboundError(f"{option('bind')} {tensor.name}={text}: {said!r} is no {tensor.dtype}")
        )
        return []
    return [Bound(tensor, constant=value)]


def _family(dtype: str) -> str:
    return next((name for name in ("float", "int", "bool", "string") if name in dtype), dtype)


def _truth(said: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[said.lower()]


_READ: dict[str, Callable[[str], Constant]] = {
    "float": float,
    "int": int,
    "bool": _truth,
    "string": str,
}
