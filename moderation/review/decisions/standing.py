"""What all decisions come to: who has decided what, and what each reviewer did last."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from moderation.review.decisions.lines import Label, Said
from moderation.review.queue.items import QueueItem
from moderation.review.queue.questions import Question
from schemas.decision_lines import Entry

_NOBODY: Set[str] = frozenset()


class Done(NamedTuple):
    """Something that a reviewer did."""

    content_key: str
    skipped: bool = False


@dataclass(slots=True)
class _Reviewer:
    """One person's work on the queue."""

    decided: dict[str, None] = field(default_factory=dict)
    """Content keys that all questions are answered of, in the order of their answers."""
    skipped: Counter[str] = field(default_factory=Counter)
    did: list[Done] = field(default_factory=list)
    """Every decision or skip that stands; the last is what undo is about."""

    def forget(self, done: Done) -> None:
        """Take the latest of its kind out of what was done."""
        for place in range(len(self.did) - 1, -1, -1):
            if self.did[place] == done:
                del self.did[place]
                return


class Standing:
    """Decisions on the items of a queue, taken line by line."""

    def __init__(
        self, items: Iterable[QueueItem], questions: Mapping[str, tuple[Question, ...]]
    ) -> None:
        """``questions``: of each item, by its content key."""
        self._tasks = {key: frozenset(each.task for each in of) for key, of in questions.items()}
        self._keys = {item.item_id: item.content_key for item in items}
        self._answers: dict[tuple[str, str], dict[str, Label]] = {}
        self._last: dict[tuple[str, str], datetime.datetime] = {}
        self._notes: dict[tuple[str, str], str] = {}
        self._by_item: dict[str, set[str]] = {}
        self._reviewers: dict[str, _Reviewer] = {}

    def take(self, said: Said) -> None:
        """Go on by one line; one about no item of the queue changes nothing."""
        key = said.content_key or self._keys.get(said.item_id)
        if key not in self._tasks:
            return
        of = self._reviewers.setdefault(said.reviewer, _Reviewer())
        mine = (key, said.reviewer)
        self._last[mine] = max(self._last.get(mine, said.decided_at), said.decided_at)
        if said.entry is Entry.SKIPPED:
            of.skipped[key] += 1
            of.did.append(Done(key, skipped=True))
        elif said.entry is Entry.WITHDRAWN:
            self._take_back(key, said, of)
        else:
            self._decide(key, said, of)

    def _decide(self, key: str, said: Said, of: _Reviewer) -> None:
        mine = (key, said.reviewer)
        answers = self._answers.setdefault(mine, {})
        answers[said.task] = () if said.label is None else said.label
        self._notes[mine] = said.note
        if answers.keys() >= self._tasks[key]:
            of.forget(Done(key))
            of.decided[key] = None
            of.did.append(Done(key))
            self._by_item.setdefault(key, set()).add(said.reviewer)

    def _take_back(self, key: str, said: Said, of: _Reviewer) -> None:
        """A decision, or a skip, which has no task."""
        if not said.task:
            of.skipped[key] -= 1
            of.forget(Done(key, skipped=True))
            return
        self._answers.get((key, said.reviewer), {}).pop(said.task, None)
        self._by_item.get(key, set()).discard(said.reviewer)
        if key in of.decided:
            del of.decided[key]
            of.forget(Done(key))

    def reviewers_of(self, key: str) -> Set[str]:
        """Who has answered all questions of an item."""
        return self._by_item.get(key, _NOBODY)

    def answers(self, key: str, reviewer: str) -> dict[str, Label]:
        """What a reviewer says of an item, by task."""
        return dict(self._answers.get((key, reviewer), {}))

    def note(self, key: str, reviewer: str) -> str:
        """What they noted."""
        return self._notes.get((key, reviewer), "")

    def last_moment(self, key: str, reviewer: str) -> datetime.datetime | None:
        """Of their last line on an item."""
        return self._last.get((key, reviewer))

    def skips(self, key: str, reviewer: str) -> int:
        """How often they passed an item on."""
        return self._reviewers[reviewer].skipped[key] if reviewer in self._reviewers else 0

    def last_done(self, reviewer: str) -> Done | None:
        """What they did last, and did not take back."""
        of = self._reviewers.get(reviewer)
        return of.did[-1] if of and of.did else None

    def decided_by(self, reviewer: str) -> int:
        """Items that they have decided."""
        return len(self._reviewers[reviewer].decided) if reviewer in self._reviewers else 0

    @property
    def decided(self) -> int:
        """Items that anybody has decided."""
        return sum(bool(names) for names in self._by_item.values())
