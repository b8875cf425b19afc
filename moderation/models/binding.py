"""A card for a SavedModel that has none, made up from its signature and the person's options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pydantic import ValidationError

from moderation.models.bind_inputs import InputBinder
from moderation.models.bind_roles import Bound, bind_roles
from moderation.models.graph import GraphFacts
from moderation.models.labels import bind_labels
from moderation.models.problems import Problems, UnboundError
from moderation.models.savedmodel import Signature
from moderation.models.types import BareOptions, ModelError
from moderation.option_error import option
from schemas.card import Card, InputSpec, TaskSpec, leaves_of
from schemas.records import ENTAILMENT_LABELS, Kind


def no_graph(signature: str) -> GraphFacts:
    """Nothing is known but what the signature says itself."""
    return GraphFacts()


def make_card(
    signatures: Mapping[str, Signature],
    *,
    name: str,
    options: BareOptions,
    graph_of: Callable[[str], GraphFacts] = no_graph,
) -> Card:
    """Binds a signature to records by the names of its inputs.

    Args:
        signatures: of the SavedModel.
        name: of the model, for the card and for messages.
        options: what the person says of it.
        graph_of: what a signature's graph says.

    Raises:
        ModelError: something is left open. One message names everything that is.
    """
    signature = _choose_signature(signatures, wanted=options.signature)
    problems = Problems()
    try:
        facts = graph_of(signature.name)
        task = _make_task(signature, facts=facts, options=options, problems=problems)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        problems.add(UnboundError(f"{where}: {first['msg']}"))
        task = None
    if task is None or problems.found:
        raise problems.explain(signature, name=name)
    return Card(
        name=name,
        version="unknown",
        description="A SavedModel without a card; its inputs were bound by their names.",
        licence="unknown",
        tasks=(task,),
        text_preprocessing=_describe_text(task.inputs),
        limitations=("Nothing is known of what it was trained on.",),
    )


def _make_task(
    signature: Signature, *, facts: GraphFacts, options: BareOptions, problems: Problems
) -> TaskSpec | None:
    """The one task of a bare model; None after problems were told."""
    found = bind_roles(signature, facts=facts, options=options, problems=problems)
    try:
        kind = _kind_of(found, options=options)
        bound = bind_labels(signature, kind=kind, options=options)
    except UnboundError as error:
        problems.add(error)
        return None
    inputs = []
    binder = InputBinder.of(found, kind=kind, facts=facts, options=options)
    for each in found:
        try:
            inputs.append(binder.bind(each))
        except UnboundError as error:
            problems.add(error)
    if problems.found:
        return None
    return TaskSpec(
        name=bound.task,
        kind=kind,
        signature=signature.name,
        inputs=tuple(inputs),
        output=bound.output,
        labels=bound.labels,
        activation=options.activation or bound.activation,
        missing_images=options.missing_images or "dead_letter",
    )


def _choose_signature(signatures: Mapping[str, Signature], *, wanted: str | None) -> Signature:
    if wanted is not None:
        if wanted in signatures:
            return signatures[wanted]
        raise ModelError(
            f"{option('signature')} {wanted}: the model has {', '.join(sorted(signatures))} and no "
            "other"
        )
    for name in ("serving_default", "serve"):
        if name in signatures:
            return signatures[name]
    if len(signatures) == 1:
        return next(iter(signatures.values()))
    raise ModelError(
        f"the model has several signatures ({', '.join(sorted(signatures))}) and none is called "
        f"serving_default; name one with {option('signature')}"
    )


def _kind_of(found: Sequence[Bound], *, options: BareOptions) -> Kind:
    kinds = {role.kind for each in found for role in each.roles if role.kind is not None}
    if options.kind is not None:
        kinds.add(options.kind)
    elif not kinds:
        kinds = _kinds_by_labels(options)
    if len(kinds) == 1:
        return kinds.pop()
    if kinds:
        raise UnboundError(
            "some of it is of a tweet pair, some of a meme",
            f"{option('bind')} INPUT=NAME,… for an input that was taken for something else",
        )
    raise UnboundError(
        "it fits a tweet pair as well as a meme",
        f"{option('record_kind')} tweet_pair or {option('record_kind')} meme",
    )


def _kinds_by_labels(options: BareOptions) -> set[Kind]:
    """What the labels or the task say, where the inputs do not."""
    folded = {label.strip().casefold() for label in options.labels or ()}
    if options.task == "entailment" or folded == {each.casefold() for each in ENTAILMENT_LABELS}:
        return {Kind.TWEET_PAIR}
    if options.task == "hateful" or "hateful" in folded:
        return {Kind.MEME}
    return set()


def _describe_text(inputs: Sequence[InputSpec]) -> str:
    for spec in leaves_of(tuple(inputs)):
        if spec.tokens is not None:
            tokens = spec.tokens
            if tokens.tokenizer == "tokenizer_json":
                return f"By {tokens.vocab}, to {tokens.sequence_length} tokens."
            return (
                f"WordPiece ({tokens.tokenizer}, {'uncased' if tokens.lower_case else 'cased'}, "
                f"vocabulary {tokens.vocab or 'of uncased BERT'}), fields packed "
                f"{tokens.packing} into {tokens.sequence_length} tokens."
            )
        if spec.source == "text":
            return "Raw strings; whatever happens to them happens in the model."
    return "It takes no text."
