"""Whether a card tells the truth about the SavedModel that lies beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from moderation.models.labels import fits
from moderation.models.savedmodel import Signature, TensorSpec
from moderation.models.targets import image_targets
from moderation.models.types import ModelError
from moderation.models.verify_features import feature_differences
from schemas.card import Card, FeaturesSpec, InputSpec, TaskSpec, TokenSpec
from schemas.records import Kind


def verify(card: Card, signatures: Mapping[str, Signature], *, name: str) -> None:
    """Checks names, dtypes and shapes of every task against its signature.

    Raises:
        ModelError: they differ. One message tells every difference.
    """
    differences = [
        f"  - task {task.name!r}: {difference}"
        for task in card.tasks
        for difference in _differences(task, signatures)
    ]
    for kind in Kind:
        try:
            image_targets(card, kind)
        except ModelError as error:
            differences.append(f"  - {error}")
    if differences:
        raise ModelError(
            "\n".join([f"model {name}: its card.json and its SavedModel differ:", *differences])
        )


def _differences(task: TaskSpec, signatures: Mapping[str, Signature]) -> Iterator[str]:
    signature = signatures.get(task.signature)
    if signature is None:
        yield f"no signature {task.signature!r}; there are {', '.join(sorted(signatures))}"
        return
    yield from _feeding_differences(task.inputs, signature)
    yield from _output_differences(task, signature)
    if task.features is not None:
        for difference in _differences_in_two_steps(task, task.features, signatures):
            yield f"features: {difference}"


def _differences_in_two_steps(
    task: TaskSpec, features: FeaturesSpec, signatures: Mapping[str, Signature]
) -> Iterator[str]:
    yield from feature_differences(features, signatures)
    for part in features.parts:
        if part.signature in signatures:
            yield from _feeding_differences(part.inputs, signatures[part.signature])
    joining = signatures.get(features.signature)
    if joining is not None:
        yield from _known_differences(features.inputs, joining)
        yield from _output_differences(task.model_copy(update={"output": features.output}), joining)


def _feeding_differences(specs: Sequence[InputSpec], signature: Signature) -> Iterator[str]:
    fed = [spec.name for spec in specs]
    for missing in sorted(set(signature.inputs) - set(fed)):
        yield f"the signature takes {signature.inputs[missing]}, which the card does not feed"
    for twice in sorted({each for each in fed if fed.count(each) > 1}):
        yield f"the card feeds input {twice!r} twice"
    yield from _known_differences(specs, signature)


def _known_differences(specs: Sequence[InputSpec], signature: Signature) -> Iterator[str]:
    for spec in specs:
        if spec.name not in signature.inputs:
            yield f"the signature takes no input {spec.name!r}"
        else:
            yield from _input_differences(spec, signature.inputs[spec.name])


def _input_differences(spec: InputSpec, tensor: TensorSpec) -> Iterator[str]:
    for feature in spec.features:
        yield from _token_problems(feature)
    if spec.source == "constant":
        if isinstance(spec.constant, str) != (tensor.dtype == "string"):
            yield f"input {tensor} cannot be the constant {spec.constant!r}"
        return
    wanted = wanted_tensor(spec)
    if tensor.dtype != wanted.dtype and spec.source != "presence":
        yield f"input {tensor} is fed {wanted.dtype}"
    if spec.source == "presence" and tensor.dtype not in ("float32", "int32", "int64", "bool"):
        yield f"input {tensor} cannot take presence, which is float32, int32, int64 or bool"
    yield from _token_problems(spec)
    if not _shapes_meet(tensor, wanted, may_be_column=len(wanted.shape or ()) == 1):
        yield f"input {tensor} is fed {wanted.shape_text()}"


def _token_problems(spec: InputSpec) -> Iterator[str]:
    if spec.tokens is not None:
        yield from _packing_problems(spec.tokens, fields=len(spec.fields))


def _packing_problems(tokens: TokenSpec, *, fields: int) -> Iterator[str]:
    share, rest = divmod(tokens.sequence_length, fields)
    if tokens.packing == "apart" and (rest or share < 2):
        yield f"{tokens.sequence_length} tokens cannot be shared out equally by {fields} fields"
    if tokens.sequence_length < fields + 1:
        yield f"{tokens.sequence_length} tokens do not hold the marks of {fields} fields"


def wanted_tensor(spec: InputSpec) -> TensorSpec:
    """The tensor that a card's entry makes of a batch."""
    if spec.image is not None and spec.image.encoding is None:
        image = spec.image
        pixels = (image.height, image.width)
        shape = (None, 3, *pixels) if image.channels_first else (None, *pixels, 3)
        return TensorSpec(spec.name, image.dtype, shape)
    if spec.tokens is not None:
        return TensorSpec(spec.name, spec.tokens.dtype, (None, spec.tokens.sequence_length))
    dtype = "float32" if spec.source == "presence" else "string"
    return TensorSpec(spec.name, dtype, (None,))


def _shapes_meet(tensor: TensorSpec, wanted: TensorSpec, *, may_be_column: bool) -> bool:
    if tensor.shape is None or wanted.shape is None:
        return True
    if may_be_column and len(tensor.shape) == 2 and tensor.shape[1] in (None, 1):
        return True
    return len(tensor.shape) == len(wanted.shape) and all(
        one is None or other is None or one == other
        for one, other in zip(tensor.shape, wanted.shape, strict=True)
    )


def _output_differences(task: TaskSpec, signature: Signature) -> Iterator[str]:
    output = signature.outputs.get(task.output)
    if output is None:
        yield f"no output {task.output!r}; there are {', '.join(sorted(signature.outputs))}"
    elif not fits(output, labels=len(task.labels)):
        yield (f"output {output} does not fit {len(task.labels)} labels ({', '.join(task.labels)})")
    elif (
        task.activation == "softmax" and output.shape is not None and output.shape[1:] in ((), (1,))
    ):
        yield f"activation softmax over {output}, which is one number a row; sigmoid is meant"
    if task.calibration.method == "platt" and len(task.labels) != 2:
        yield f"platt calibration is for two labels, not {len(task.labels)}"
    if task.calibration.method == "platt_per_label":
        if task.activation != "sigmoid":
            yield "platt_per_label calibration is for labels with a sigmoid each"
        if len(task.calibration.slopes) != len(task.labels):
            lines = len(task.calibration.slopes)
            yield f"its calibration has {lines} lines for {len(task.labels)} labels"
