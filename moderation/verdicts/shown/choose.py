"""Which items an audit shows: the highest of each flag, the nearest to its threshold, a sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from heapq import nsmallest
from typing import NamedTuple

from moderation.audit.shown_items import Candidate, Candidates, Facts, Group, Question
from moderation.verdicts.decide import Judge, Outcome, Rule
from moderation.verdicts.judgement import Judgement
from schemas.policy import CLEAR_SAMPLE
from schemas.shown_items import ShownBy

_MOST, _MOST_OF_SAMPLE = 6, 3
_MOST_OF_ALL = 48
"""In the groups of flags, however many flags there are: the first of the policy have some."""
_NEAR = "review_band:"
_TEXT_BYTES = 16 << 10
"""Of an item's texts, in UTF-8. Of longer ones the beginning is kept, and the model is not asked
about the item again."""


class Place(NamedTuple):
    """A group that may show an item, and where in it."""

    group: Group
    rank: float
    rule: Rule
    """Of the probability that is looked at."""


def places_of(judge: Judge, judgement: Judgement, outcome: Outcome) -> Iterator[Place]:
    """Where an item may be shown; nowhere unless it is flagged or in the review queue."""
    if not (outcome.reasons and judgement.probabilities):
        return
    flags = list(judge.policy.flags)[: _MOST_OF_ALL // 2]
    rules = {rule.name: rule for rule in judge.rules(judgement.kind) if rule.name in flags}
    most = min(_MOST, max(1, _MOST_OF_ALL // (2 * len(judge.policy.flags))))
    for reason in outcome.reasons:
        name = reason.removeprefix(_NEAR)
        if (rule := rules.get(name)) and rule.task in judgement.probabilities:
            p = judgement.probabilities[rule.task][rule.label]
            if reason == name:
                yield Place(Group(ShownBy.HIGHEST, name, most), -p, rule)
            else:
                yield Place(Group(ShownBy.NEAREST, name, most), abs(p - rule.threshold), rule)
        elif reason == CLEAR_SAMPLE and (near := _nearest(rules.values(), judgement)):
            yield Place(Group(ShownBy.SAMPLE, judgement.kind.value, _MOST_OF_SAMPLE), 0.0, near)


def chosen(places: Mapping[str, Iterable[Place]], held: Candidates) -> dict[str, list[Place]]:
    """Of items, by content key, those that are among the first of a group, with these places.

    Args:
        places: where each may be shown.
        held: what there is of each group already.
    """
    by_group: dict[Group, list[tuple[float, str, Place]]] = {}
    for key, some in places.items():
        for place in some:
            if held.takes(place.group, place.rank, key):
                by_group.setdefault(place.group, []).append((place.rank, key, place))
    found: dict[str, list[Place]] = {}
    for group, offered in by_group.items():
        for _, key, place in nsmallest(group.most, offered, key=lambda each: each[:2]):
            found.setdefault(key, []).append(place)
    return found


def facts_of(judgement: Judgement, outcome: Outcome, texts: Mapping[str, str]) -> Facts:
    """What there is to show of an item; ``texts``: by field, as the model was shown them."""
    share = _TEXT_BYTES // max(1, len(texts))
    return Facts(
        kind=judgement.kind,
        decision=outcome.decision,
        reasons=outcome.reasons,
        probabilities=outcome.probabilities,
        texts={name: _beginning(text, share) for name, text in texts.items()},
        characters={name: len(text) for name, text in texts.items()},
        text_source=judgement.text_source,
        images=judgement.images,
        pictures=judgement.pictures,
    )


def _beginning(text: str, most_bytes: int) -> str:
    raw = text.encode(errors="replace")
    return text if len(raw) <= most_bytes else raw[:most_bytes].decode(errors="ignore")


def show(
    shown: Candidates,
    places: Iterable[Place],
    facts: Facts,
    *,
    judge: Judge,
    content_key: str,
    copies: int,
    first: tuple[str, int, str],
) -> None:
    """Offer an item to the groups that have a place for it; the rest as of ``Candidate``."""
    for place in places:
        question = _question(judge, place.rule)
        candidate = Candidate(place.rank, content_key, copies, first, question, facts)
        shown.add(place.group, [candidate])


def _question(judge: Judge, rule: Rule) -> Question:
    task = next(task for task in judge.card.tasks if task.name == rule.task)
    return Question(f"{rule.task}.{task.labels[rule.label]}", rule.threshold)


def _nearest(rules: Iterable[Rule], judgement: Judgement) -> Rule | None:
    """The flag that a clear item was nearest to."""
    scores = judgement.probabilities
    judged = (rule for rule in rules if rule.task in scores)
    return min(
        judged,
        key=lambda rule: rule.threshold - scores[rule.task][rule.label],
        default=None,
    )
