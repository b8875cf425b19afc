"""Which output of a signature answers which question, under which labels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from moderation.models.problems import UnboundError
from moderation.models.savedmodel import Signature, TensorSpec
from moderation.models.types import BareOptions
from moderation.option_error import option
from moderation.records.labels import fold
from schemas.records import ENTAILMENT_LABELS, Kind

HATEFUL_LABELS = ("not_hateful", "hateful")
"""Labels of a meme, in the order of the public data set's 0 and 1."""

_LOGITS = re.compile(r"(?i)(^|[^a-z])logits?(:0|_\d+)?$")
_PROBABILITIES = frozenset({"probabilities", "probability", "probs", "scores", "softmax"})
"""Beside logits and the like of them, what is asked for."""
_FLOATS = ("float16", "bfloat16", "float32", "float64")


@dataclass(frozen=True, slots=True)
class BoundLabels:
    """A task's name, its output and the output's labels."""

    task: str
    output: str
    labels: tuple[str, ...]
    activation: Literal["none", "softmax", "sigmoid"] = "none"
    """What the output's name asks for."""


def fits(output: TensorSpec, *, labels: int) -> bool:
    """Whether an output can be probabilities of so many labels.

    ``[n, labels]`` is; with two labels ``[n]`` and ``[n, 1]`` are too, being the
    positive one's (``moderation.records.positive``). An open size fits.
    """
    if output.dtype not in _FLOATS:
        return False
    shape = output.shape
    if shape is None:
        return True
    if len(shape) == 1:
        return labels == 2
    return len(shape) == 2 and (shape[1] in (None, labels) or (labels == 2 and shape[1] == 1))


def bind_labels(signature: Signature, *, kind: Kind, options: BareOptions) -> BoundLabels:
    """Chooses the output and names its labels.

    Raises:
        UnboundError: labels are missing, too many or too few, or several outputs fit.
    """
    labels = _labels(signature, kind=kind, options=options)
    task = options.task or _task(kind, labels)
    _check_task(task, labels)
    output = _output(signature, labels=labels, wanted=options.output)
    return BoundLabels(task, output.name, labels, _activation(output))


def _activation(output: TensorSpec) -> Literal["none", "softmax", "sigmoid"]:
    if _LOGITS.search(output.name) is None:
        return "none"
    one = output.shape is not None and output.shape[1:] in ((), (1,))
    return "sigmoid" if one else "softmax"


def _labels(signature: Signature, *, kind: Kind, options: BareOptions) -> tuple[str, ...]:
    if options.labels is not None:
        return _canonical(options.labels, kind)
    outputs = _candidates(signature, options.output)
    if kind is Kind.MEME and any(fits(output, labels=2) for output in outputs):
        return HATEFUL_LABELS
    example = ",".join(ENTAILMENT_LABELS if kind is Kind.TWEET_PAIR else HATEFUL_LABELS)
    raise UnboundError(
        "the output's labels are unknown; name them in the output's order: "
        f"{option('labels')} {example}"
    )


def _canonical(labels: tuple[str, ...], kind: Kind) -> tuple[str, ...]:
    """Labels spelled as the public data sets spell them."""
    known = {fold(label): label for label in (*ENTAILMENT_LABELS, *HATEFUL_LABELS)}
    if kind is Kind.MEME and {label.strip() for label in labels} == {"0", "1"}:
        known |= {"0": HATEFUL_LABELS[0], "1": HATEFUL_LABELS[1]}
    spelled = tuple(known.get(fold(label), label.strip()) for label in labels)
    if "" in spelled or len(set(spelled)) != len(spelled) or len(spelled) < 2:
        raise UnboundError(
            f"{option('labels')} {','.join(labels)}: two or more different labels are needed, none "
            "empty"
        )
    return spelled


def _task(kind: Kind, labels: tuple[str, ...]) -> str:
    if kind is Kind.TWEET_PAIR and set(labels) == set(ENTAILMENT_LABELS):
        return "entailment"
    if kind is Kind.MEME and len(labels) == 2 and HATEFUL_LABELS[1] in labels:
        return "hateful"
    return "classification"


def _check_task(task: str, labels: tuple[str, ...]) -> None:
    if task == "entailment" and set(labels) != set(ENTAILMENT_LABELS):
        raise UnboundError(
            f"the task entailment has the labels {', '.join(ENTAILMENT_LABELS)} in the output's "
            f"order; {option('labels')} says {', '.join(labels)}"
        )
    if task == "hateful" and HATEFUL_LABELS[1] not in labels:
        raise UnboundError(
            f"the task hateful needs a label {HATEFUL_LABELS[1]!r}; {option('labels')} says "
            f"{', '.join(labels)}"
        )


def _candidates(signature: Signature, wanted: str | None) -> list[TensorSpec]:
    if wanted is None:
        return list(signature.outputs.values())
    if wanted not in signature.outputs:
        raise UnboundError(
            f"{option('output_name')} {wanted}: signature {signature.name!r} gives "
            f"{', '.join(sorted(signature.outputs))} and no other"
        )
    return [signature.outputs[wanted]]


def _output(signature: Signature, *, labels: tuple[str, ...], wanted: str | None) -> TensorSpec:
    candidates = _candidates(signature, wanted)
    fitting = [output for output in candidates if fits(output, labels=len(labels))]
    named = [output for output in fitting if output.name.lower() in _PROBABILITIES]
    if len(fitting) == 1 or len(named) == 1:
        return (named or fitting)[0]
    given = ", ".join(str(output) for output in candidates)
    if not fitting:
        raise UnboundError(
            f"{option('labels')} names {len(labels)} labels ({', '.join(labels)}), but no output "
            f"has one probability for each; the model gives {given}"
        )
    raise UnboundError(
        f"several outputs could be the probabilities ({given}); name one with "
        f"{option('output_name')}"
    )
