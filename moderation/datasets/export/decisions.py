"""Reviewers' decisions: read, checked, hashed, and settled into one label for an item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pydantic import ValidationError

from moderation.datasets.export.reviewers import ReviewerKey
from moderation.records.items import Rejection
from moderation.records.rows import BadRow, RawRow
from schemas.codes import Code, Stage
from schemas.export import ReviewDecision


class Decision(NamedTuple):
    """A decision on its way to its item. ``reviewer`` is the hash; times are UTC, ISO 8601."""

    item_id: str
    task: str
    label: str
    reviewer: str
    decided_at: str
    source: str
    row: int

    @property
    def age(self) -> tuple[str, str, int]:
        """Sorts older before younger; of one moment, the one further down is the younger."""
        return self.decided_at, self.source, self.row


@dataclass(frozen=True, slots=True)
class Vote:
    """What an item's decisions come to."""

    counted: tuple[Decision, ...]
    """One for each reviewer: the latest."""
    superseded: tuple[Decision, ...]
    votes: dict[str, int]
    label: str | None
    """The one label that most reviewers gave; None where several have as many."""

    @property
    def agreeing(self) -> int:
        """Reviewers who gave the label."""
        return self.votes[self.label] if self.label is not None else 0

    @property
    def labelled_at(self) -> str:
        """When the last of the decisions for the label was made."""
        return max(d.decided_at for d in self.counted if d.label == self.label)

    @property
    def last_decided_at(self) -> str:
        """When the last of all decisions that count was made."""
        return max(decision.decided_at for decision in self.counted)


def read_decision(row: RawRow | BadRow, key: ReviewerKey) -> Decision | Rejection:
    """A row of a decisions file, its reviewer hashed; what is wrong with it holds no name."""
    if isinstance(row, BadRow):
        return replace(_rejected(row, row.code, row.message, {}), lost=row.lost)
    try:
        read = ReviewDecision.model_validate(dict(row.fields))
    except ValidationError as error:
        missing = any(problem["type"] == "missing" for problem in error.errors())
        code = Code.MISSING_FIELD if missing else Code.INVALID_VALUE
        problems = "; ".join(
            f"{problem['loc'][0] if problem['loc'] else 'row'}: {problem['msg']}"
            for problem in error.errors(include_input=False, include_url=False)
        )
        return _rejected(row, code, problems, _safe_body(row, key))
    return Decision(
        item_id=read.item_id,
        task=read.task,
        label=read.label,
        reviewer=key.hash(read.reviewer.strip()),
        decided_at=read.decided_at.isoformat(timespec="microseconds"),
        source=row.source,
        row=row.row,
    )


def settle(decisions: Iterable[Decision]) -> Vote:
    """The latest decision of each reviewer counts; the label that most of them gave wins."""
    latest: dict[str, Decision] = {}
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


def canonical_label(label: str, labels: Sequence[str], *, yes_or_no: bool) -> str | None:
    """A decision's label as the training set writes it; None where the task has no such label.

    Args:
        label: as the reviewer's tool wrote it; case does not matter.
        labels: the task's, in the order of the model.
        yes_or_no: the record layout writes this task's label as ``0`` or ``1``, its place.
    """
    folded = label.strip().casefold()
    names = [name.casefold() for name in labels]
    if yes_or_no:
        if folded in ("0", "1"):
            return folded
        return str(names.index(folded)) if folded in names else None
    return labels[names.index(folded)] if folded in names else None


def refused(decision: Decision, code: Code, message: str) -> Rejection:
    """A decision that was read and cannot be used."""
    body = {name: getattr(decision, name) for name in _SHOWN}
    return _rejection(decision.source, decision.row, decision.item_id, code, message, body)


_SHOWN = ("item_id", "task", "label", "reviewer", "decided_at")


def _safe_body(row: RawRow, key: ReviewerKey) -> dict[str, Any]:
    """The columns of a decision that may be shown: no name, no note, nothing unknown."""
    body = {name: row.fields.get(name) for name in _SHOWN if name in row.fields}
    if body.get("reviewer"):
        body["reviewer"] = key.hash(str(body["reviewer"]).strip())
    return body


def _rejected(row: RawRow | BadRow, code: Code, message: str, body: dict[str, Any]) -> Rejection:
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
) -> Rejection:
    from pydantic_core import to_json

    return Rejection(
        source=source,
        row=row,
        item_id=item_id,
        kind=None,
        stage=Stage.DECIDE,
        code=code,
        message=message,
        body=to_json(body, fallback=str).decode() if body else None,
        body_is_json=True,
        redacted=("reviewer",) if "reviewer" in body else (),
    )
