"""From candidates to the items that an audit shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from moderation.audit.fit_to_show import Tell, cut, fit, whole_words, words
from moderation.audit.shown_items import Answers, Candidate, Candidates, Looked
from schemas.images import ImageReport
from schemas.shown_items import (
    Modality,
    ShownBy,
    ShownGroup,
    ShownImage,
    ShownItem,
    ShownItems,
    ShownScore,
    ShownText,
    Why,
)

_TEXT_CHARS, _READ_CHARS, _ID_CHARS = 500, 2_000, 120
"""What is shown of a text, what is looked at for that, and what is shown of an id."""
_WHOLE = "whole"
_MOVES = 0.01
"""Less is no move: the model's own arithmetic differs by some of it between batches."""
_ORDER = list(ShownBy)


def shown_items(candidates: Candidates, looked: Looked | None, *, redacted: bool) -> ShownItems:
    """What there is to show, groups by flag, items by content key."""
    tell = words(redacted=redacted)
    groups = [
        ShownGroup(by=group.by, of=group.of, scores=[_score(each, looked) for each in some])
        for group, some in sorted(
            candidates.groups.items(), key=lambda each: (_ORDER.index(each[0].by), each[0].of)
        )
    ]
    answers = looked.answers if looked else {}
    return ShownItems(
        groups=groups,
        items=[_item(each, looked, tell) for each in candidates.items().values()],
        asked=sum(bool(each.probabilities) for each in answers.values()),
        answers=sum(len(each.probabilities) for each in answers.values()),
        pictures=looked.pictures if looked else 0,
        failure=looked.failure if looked else None,
        redacted=redacted,
    )


def _item(candidate: Candidate, looked: Looked | None, tell: Tell) -> ShownItem:
    source, row, item_id = candidate.first
    facts = candidate.facts
    return ShownItem(
        content_key=candidate.content_key,
        item_id=cut(fit(item_id), _ID_CHARS)[0],
        source=source,
        row=row,
        copies=candidate.copies,
        kind=facts.kind,
        decision=facts.decision,
        reasons=list(facts.reasons),
        probabilities=dict(facts.probabilities),
        texts=list(_texts(candidate, tell)),
        text_source=facts.text_source,
        images=[_image(candidate.content_key, each, looked, tell) for each in facts.images],
    )


def _texts(candidate: Candidate, tell: Tell) -> Iterator[ShownText]:
    facts = candidate.facts
    for name, text in facts.texts.items():
        begun, _ = cut(text, _READ_CHARS)
        begun = begun if len(begun) == facts.characters[name] else whole_words(begun)
        told, more = cut(tell(begun), _TEXT_CHARS)
        left_out = more + facts.characters[name] - len(begun)
        yield ShownText(field=name, text=told, left_out=left_out)


def _image(key: str, image: ImageReport, looked: Looked | None, tell: Tell) -> ShownImage:
    name = (key, image.field)
    return ShownImage(
        field=image.field,
        reference=image.reference and tell(image.reference),
        status=image.status,
        code=image.code,
        thumbnail=looked.thumbnails.get(name) if looked else None,
        lost=looked.lost.get(name) if looked else None,
    )


def _score(candidate: Candidate, looked: Looked | None) -> ShownScore:
    question, facts = candidate.question, candidate.facts
    p = facts.probabilities[question.label]
    answers = looked.answers.get(candidate.content_key) if looked else None
    return ShownScore(
        content_key=candidate.content_key,
        label=question.label,
        probability=p,
        threshold=question.threshold,
        why=_why(p, question.label, answers) if answers else None,
    )


def _why(p: float, label: str, answers: Answers) -> Why:
    said = {less: scores[label] for less, scores in answers.probabilities.items()}
    notes = _notes(answers.notes)
    again = said.pop(_WHOLE, None)
    if again is None:
        return Why(notes=notes)
    if abs(again - p) > _MOVES:
        told = f"asked again about the whole item the model says {again:.3f}, not {p:.3f}"
        return Why(notes=[f"{told}: it is not the item that was judged", *notes])
    moves = {
        modality: abs(p - said[f"without_{modality.value}"])
        for modality in Modality
        if f"without_{modality.value}" in said
    }
    most = max(moves, key=lambda each: moves[each], default=None)
    return Why(
        **said,
        moved_most=most if most and moves[most] >= _MOVES else None,
        notes=notes,
    )


def _notes(notes: Mapping[str, str]) -> list[str]:
    """Each once, in the order of what was asked."""
    return list(dict.fromkeys(notes.values()))
