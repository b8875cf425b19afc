"""Whether the two steps of a card's task fit the SavedModel, and each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from moderation.models.savedmodel import Signature, TensorSpec
from schemas.card import EncodedPart, FeaturesSpec


def feature_differences(
    features: FeaturesSpec, signatures: Mapping[str, Signature]
) -> Iterator[str]:
    """What of encoders and joining signature does not meet; that inputs are fed right, apart."""
    joining = signatures.get(features.signature)
    if joining is None:
        yield _no_signature(features.signature, signatures)
        return
    yield from _fixed_rows(joining)
    fed = [spec.name for spec in features.inputs]
    for part in features.parts:
        encoder = signatures.get(part.signature)
        if encoder is None:
            yield _no_signature(part.signature, signatures)
            return
        yield from _fixed_rows(encoder)
        yield from _part_differences(part, encoder=encoder, joining=joining)
        fed += part.outputs.values()
    for name in sorted(set(joining.inputs) - set(fed)):
        yield f"{joining.name!r} takes {joining.inputs[name]}, which nothing feeds"
    for name in sorted({each for each in fed if fed.count(each) > 1}):
        yield f"input {name!r} of {joining.name!r} is fed twice"


def _part_differences(
    part: EncodedPart, *, encoder: Signature, joining: Signature
) -> Iterator[str]:
    for name, to in part.outputs.items():
        given, taken = encoder.outputs.get(name), joining.inputs.get(to)
        if given is None:
            known = ", ".join(sorted(encoder.outputs))
            yield f"{encoder.name!r} has no output {name!r}; there are {known}"
        elif taken is None:
            yield f"{joining.name!r} takes no input {to!r}"
        elif not _meet(given, taken):
            yield f"{encoder.name!r} gives {given}, {joining.name!r} takes {taken}"


def _meet(given: TensorSpec, taken: TensorSpec) -> bool:
    if given.dtype != taken.dtype:
        return False
    if given.shape is None or taken.shape is None:
        return True
    return len(given.shape) == len(taken.shape) and all(
        None in pair or pair[0] == pair[1]
        for pair in zip(given.shape[1:], taken.shape[1:], strict=True)
    )


def _fixed_rows(signature: Signature) -> Iterator[str]:
    for tensor in signature.inputs.values():
        if tensor.shape and tensor.shape[0] is not None:
            open_shape = replace(tensor, shape=(None, *tensor.shape[1:]))
            yield f"{signature.name!r} takes {tensor}; for parts it must be {open_shape}"


def _no_signature(name: str, signatures: Mapping[str, Signature]) -> str:
    return f"no signature {name!r}; there are {', '.join(sorted(signatures))}"
