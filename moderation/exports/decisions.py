"""Reviewers' decisions: read, checked, hashed, and settled into one label for an item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from moderation.exports.decision_fields import FIELDS, decision_fields, lacking
from moderation.exports.reviewer_key import ReviewerKey
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.ids import BadId
from moderation.records.labels import labels_text, place_of
from moderation.records.positive import positive_place
from moderation.records.rows import BadRow, RawRow
from moderation.review.answers.answer import Answer, BadAnswer, NoAnswer
from moderation.review.answers.read import answers_of
from moderation.review.answers.rules import AnswerRules
from moderation.review.answers.shape import Shape, Tool
from schemas.codes import Code, Stage
from schemas.export import ReviewDecision


class DecisionRow(NamedTuple):
    """A decision on its way to its item. ``reviewer`` is the hash; times are UTC, ISO 8601."""

    item_id: str
    task: str
    """Empty: the one that the item's kind is labelled by."""
    label: str
    """A list of labels is a JSON array."""
    reviewer: str
    decided_at: str
    source: str
    row: int
    rejects: bool = False
    """The reviewer said that the label is not the item's."""
    withdraws: bool = False
    """The reviewer took back what they had said before; ``label`` is empty."""
    content_key: str = ""
    """Of what the reviewer saw; empty where nobody says."""

    @property
    def age(self) -> tuple[str, str, int]:
        """Sorts older before younger; of one moment, the one further down is the younger."""
        return self.decided_at, self.source, self.row


@dataclass(frozen=True, slots=True)
class Vote:
    """What an item's decisions come to."""

    counted: tuple[DecisionRow, ...]
    """One for each reviewer: the latest."""
    superseded: tuple[DecisionRow, ...]
    votes: dict[str, int]
    label: str | None
    """The one label that most reviewers gave; None where several have as many."""

    @property
    def agreeing(self) -> int:
        """Reviewers who gave the label."""
        return self.votes.get(self.label, 0) if self.label is not None else 0

    @property
    def labelled_at(self) -> str:
        """When the last of the decisions for the label was made; of all, where no one gave it."""
        agreeing = [d.decided_at for d in self.counted if d.label == self.label]
        return max(agreeing, default=self.last_decided_at)

    @property
    def last_decided_at(self) -> str:
        """When the last of all decisions that count was made."""
        return max(decision.decided_at for decision in self.counted)


def read_decisions(
    row: RawRow | BadRow, key: ReviewerKey, *, shape: Shape, rules: AnswerRules
) -> Iterator[DecisionRow | DeadLetter | NoAnswer]:
    """What a row of a decisions file says: one or more decisions, one at least that is none.

    Args:
        row: as its format gave it.
        key: hashes names; what is wrong with a row holds none.
        shape: of its file.
        rules: how it is read.
    """
    if isinstance(row, BadRow):
        yield DeadLetter(
            source=row.source,
            row=row.row,
            stage=Stage.DECIDE,
            code=row.code,
            message=row.message,
            lost=row.lost,
        )
        return
    for found in answers_of(row, shape, rules):
        if isinstance(found, NoAnswer):
            yield found
        elif isinstance(found, BadAnswer):
            body = _safe_body(found.fields, key)
            yield _rejected(row, found.code, found.message, body)
        else:
            own_task = rules.columns.get("task") == "" or (
                shape.tool is not Tool.TABLE and "task" not in found.fields
            )
            yield _decision(row, found, key, own_task=own_task)


def _decision(
    row: RawRow, answer: Answer, key: ReviewerKey, *, own_task: bool
) -> DecisionRow | DeadLetter:
    body = _safe_body(answer.fields, key)
    at = f"{answer.where}: " if answer.where else ""
    try:
        fields = decision_fields(answer.fields)
    except BadId as problem:
        return _rejected(row, problem.code, f"{at}{problem}", body)
    asked = {**fields, "task": _ANY_TASK} if own_task else fields
    if told := lacking(asked, row.fields):
        return _rejected(row, Code.MISSING_FIELD, f"{at}{told}", body)
    if answer.withdraws:
        asked = {**asked, "label": _ANY_LABEL}
    elif fields["label"] is None:
        return _rejected(row, Code.UNLABELLED, f"{at}label: the decision has none", body)
    try:
        read = ReviewDecision.model_validate(asked)
    except ValidationError as error:
        problems = "; ".join(
            f"{problem['loc'][0] if problem['loc'] else 'row'}: {problem['msg']}"
            for problem in error.errors(include_input=False, include_url=False)
        )
        return _rejected(row, Code.INVALID_VALUE, f"{at}{problems}", body)
    label = "" if answer.withdraws else read.label
    return DecisionRow(
        item_id=read.item_id,
        task="" if own_task else read.task,
        label=label if isinstance(label, str) else to_json(label).decode(),
        reviewer=key.hash(read.reviewer.strip()),
        decided_at=read.decided_at.isoformat(timespec="microseconds"),
        source=row.source,
        row=row.row,
        rejects=answer.rejects,
        withdraws=answer.withdraws,
        content_key=answer.content_key,
    )


def standing(decisions: Iterable[DecisionRow]) -> tuple[list[DecisionRow], list[DecisionRow]]:
    """Decisions that nobody took back; and those that were, with the lines that did it."""
    kept: dict[tuple[str, str], list[DecisionRow]] = {}
    withdrawn: list[DecisionRow] = []
    for decision in sorted(decisions, key=lambda decision: decision.age):
        said = kept.setdefault((decision.reviewer, decision.task), [])
        said.append(decision)
        if decision.withdraws:
            withdrawn += said
            said.clear()
    return [decision for said in kept.values() for decision in said], withdrawn


def settle(decisions: Iterable[DecisionRow]) -> Vote:
    """The latest decision of each reviewer counts; the label that most of them gave wins."""
    latest: dict[str, DecisionRow] = {}
    superseded = []
    for decision in sorted(decisions, key=lambda decision: decision.age):
        if decision.reviewer in latest:
            superseded.append(latest[decision.reviewer])
        latest[decision.reviewer] = decision
    votes = Counter(decision.label for decision in latest.values())
    top = max(votes.values(), default=0)
    winners = [label for label, count in votes.items() if count == top]
    return Vote(
        counted=tuple(latest.values()),
        superseded=tuple(superseded),
        votes=dict(votes),
        label=winners[0] if len(winners) == 1 else None,
    )


def settle_several(decisions: Iterable[DecisionRow]) -> Vote:
    """As ``settle``, of tasks with any number of labels: each label is voted on by itself.

    A label stands where more than half of the reviewers gave it; where it was exactly half of them,
    nobody knows. Votes and ``label`` are JSON arrays.
    """
    vote = settle(decisions)
    given = [from_json(decision.label) for decision in vote.counted]
    by_label = Counter(label for labels in given for label in labels)
    tied = any(2 * count == len(given) for count in by_label.values())
    stands = sorted(label for label, count in by_label.items() if 2 * count > len(given))
    return replace(vote, label=None if tied else to_json(stands).decode())


def canonical_label(
    label: str,
    labels: Sequence[str],
    *,
    task: str | None = None,
    yes_or_no: bool,
    rejects: bool = False,
) -> str | None:
    """A decision's label as the training set writes it; None where the task has no such label.

    Of two labels, the one that was rejected says the other.

    Args:
        label: as the reviewer's tool wrote it (``moderation.records.labels``).
        labels: the task's, in the order of the model.
        task: its name.
        yes_or_no: the record layout writes this task's label as ``0`` or ``1``.
        rejects: the reviewer said that it is not the label.
    """
    place = place_of(label, labels, task)
    if rejects:
        place = 1 - place if place is not None and len(labels) == 2 else None
    return None if place is None else written(place, labels, task=task, yes_or_no=yes_or_no)


def canonical_labels(label: str, labels: Sequence[str]) -> str | None:
    """The same of a task with any number of labels: a JSON array of their names, sorted."""
    whole = place_of(label, labels, yes_or_no=False)
    names = [label] if whole is not None else labels_text(label)
    places = [place_of(name, labels, yes_or_no=False) for name in names or ()]
    spelled = sorted({labels[place] for place in places if place is not None})
    return None if names is None or None in places else to_json(spelled).decode()


def written(place: int, labels: Sequence[str], *, task: str | None = None, yes_or_no: bool) -> str:
    """A label as the training set writes it: its name, or ``1`` where it is the positive one."""
    return str(int(place == positive_place(labels, task))) if yes_or_no else labels[place]


def refused(decision: DecisionRow, code: Code, message: str) -> DeadLetter:
    """A decision that was read and cannot be used."""
    body = {name: getattr(decision, name) for name in FIELDS}
    return _rejection(decision.source, decision.row, decision.item_id, code, message, body)


_ANY_TASK = _ANY_LABEL = "-"


def _safe_body(fields: Mapping[str, Any], key: ReviewerKey) -> dict[str, Any]:
    """The columns of a decision that may be shown: no name, no note, nothing unknown."""
    body = {name: fields.get(name) for name in FIELDS if name in fields}
    if body.get("reviewer"):
        body["reviewer"] = key.hash(str(body["reviewer"]).strip())
    return body


def _rejected(row: RawRow, code: Code, message: str, body: dict[str, Any]) -> DeadLetter:
    item_id = body.get("item_id")
    shown = str(item_id)[:600] if isinstance(item_id, (str, int)) else None
    return _rejection(row.source, row.row, shown, code, message, body)


def _rejection(
    source: str,
    row: int | None,
    item_id: str | None,
    code: Code,
    message: str,
    body: dict[str, Any],
) -> DeadLetter:
    return DeadLetter(
        source=source,
        row=row,
        item_id=item_id,
        stage=Stage.DECIDE,
        code=code,
        message=message,
        body=to_json(body, fallback=str).decode() if body else None,
        redacted=("reviewer",) if "reviewer" in body else (),
    )
