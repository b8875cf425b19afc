"""What moved a score: the model is asked about an item again, with less of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from moderation.audit.shown_items import Answers, Candidate
from moderation.models.bundle import Bundle
from moderation.models.halving import Tally
from moderation.models.loading import load
from moderation.models.types import ItemFailure, ModelItem
from moderation.verdicts.shown.less import Less, Taking, ways
from moderation.verdicts.shown.pictures import Pictures
from schemas.card import Card
from schemas.records import Kind


class _Put(NamedTuple):
    """One question."""

    key: str
    less: Less
    item: ModelItem


def answers(
    candidates: Iterable[Candidate], pictures: Pictures, *, bundle: Bundle, batch_size: int
) -> dict[str, Answers]:
    """What the model says of each item with less of it, by content key.

    The model is the one that is loaded already where this is its worker, and it is called as for
    any item: a question that it fails on costs that question.
    """
    made = {each.content_key: _item(each, pictures) for each in candidates}
    found: dict[str, Answers] = {}
    for kind in Kind:
        items = [
            item for item in made.values() if isinstance(item, ModelItem) and item.kind is kind
        ]
        if items:
            found.update(_asked(items, kind, bundle, batch_size=batch_size))
    for key, item in made.items():
        if isinstance(item, str):
            found[key] = Answers({}, {Less.NOTHING_GONE.value: item})
    return found


def _item(candidate: Candidate, pictures: Pictures) -> ModelItem | str:
    """The item as the model was shown it, or why it cannot be shown it again."""
    facts, images = candidate.facts, pictures.of(candidate)
    if images is None:
        return "a picture that the model was shown cannot be had again"
    if not facts.is_whole:
        return "its text is too long to be kept until the end of a run"
    return ModelItem(candidate.content_key, facts.kind, dict(facts.texts), images)


def _asked(
    items: Iterable[ModelItem], kind: Kind, bundle: Bundle, *, batch_size: int
) -> dict[str, Answers]:
    """All questions about items of one kind, in as few calls as may be."""
    taking = Taking.of(bundle.card, kind)
    put: list[_Put] = []
    said: dict[str, dict[str, Mapping[str, float]]] = {}
    notes: dict[str, dict[str, str]] = {}
    for item in items:
        said[item.content_key], notes[item.content_key] = {}, {}
        for less, less_of_it in ways(item, taking):
            if isinstance(less_of_it, str):
                notes[item.content_key][less.value] = less_of_it
            else:
                put.append(_Put(item.content_key, less, less_of_it))
    scorer = load(bundle).scorer(kind, bundle.precision)
    results = scorer.score([each.item for each in put], batch_size=batch_size, tally=Tally())
    for each, result in zip(put, results, strict=True):
        if isinstance(result, ItemFailure):
            notes[each.key][each.less.value] = f"{result.code.value}: {result.message}"
        else:
            said[each.key][each.less.value] = _flat(result.probabilities, bundle.card)
    return {key: Answers(said[key], notes[key]) for key in said}


def _flat(probabilities: Mapping[str, tuple[float, ...]], card: Card) -> dict[str, float]:
    """By ``task.label``."""
    return {
        f"{task.name}.{label}": p
        for task in card.tasks
        for label, p in zip(task.labels, probabilities.get(task.name, ()), strict=False)
    }
