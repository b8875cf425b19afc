"""What the page does for reviewers: whose turn it is, what they say, what they take back."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from moderation.review.decisions.file import DecisionsFile
from moderation.review.decisions.lines import Label, said_of
from moderation.review.decisions.standing import Standing
from moderation.review.queue.items import QueueItem
from moderation.review.queue.questions import Question, by_kind
from moderation.review.queue.turns import Turns
from schemas.decision_lines import DecisionLine, Entry
from schemas.records import Kind

_STEP = datetime.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the queue is."""

    items: int
    decided: int
    """Of the items, by anybody."""
    yours: int
    left: int
    """For this reviewer."""


@dataclass(frozen=True, slots=True)
class LastWord:
    """What a reviewer did last."""

    content_key: str
    told: str


def _utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


@dataclass(slots=True)
class Desk:
    """A queue, its decisions and their file. Thread-safe: one thing happens at a time."""

    run_id: str
    items: Sequence[QueueItem]
    """In the order in which they are to be seen."""
    file: DecisionsFile
    second_opinions: float = 0.0
    now: Callable[[], datetime.datetime] = _utc_now
    questions: dict[Kind, tuple[Question, ...]] = field(init=False)
    """That are asked of each kind."""
    _by_key: dict[str, QueueItem] = field(init=False)
    _standing: Standing = field(init=False)
    _turns: Turns = field(init=False)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.questions = by_kind((item.kind, item.questions) for item in self.items)
        self._by_key = {item.content_key: item for item in self.items}
        asked = {item.content_key: self.questions[item.kind] for item in self.items}
        self._standing = Standing(self.items, asked)
        for said in self.file.said:
            self._standing.take(said)
        self._turns = Turns(self.items, self._standing, self.second_opinions)

    def item(self, key: str) -> QueueItem | None:
        """The item of a content key."""
        return self._by_key.get(key)

    def next(self, reviewer: str) -> QueueItem | None:
        """What a reviewer sees next."""
        with self._lock:
            return self._turns.next(reviewer)

    def look(self, key: str, reviewer: str) -> None:
        """A reviewer came back to an item."""
        with self._lock:
            self._turns.hold(key, reviewer)

    def upcoming(self, reviewer: str, key: str) -> QueueItem | None:
        """What is likely to come behind an item, to be fetched beforehand."""
        with self._lock:
            return self._turns.after(reviewer, key)

    def progress(self, reviewer: str) -> Progress:
        """How far the queue is for a reviewer."""
        with self._lock:
            return Progress(
                items=len(self.items),
                decided=self._standing.decided,
                yours=self._standing.decided_by(reviewer),
                left=self._turns.left(reviewer),
            )

    def answers(self, key: str, reviewer: str) -> tuple[dict[str, Label], str]:
        """What a reviewer said of an item, and their note."""
        with self._lock:
            return self._standing.answers(key, reviewer), self._standing.note(key, reviewer)

    def last_word(self, reviewer: str) -> LastWord | None:
        """What a reviewer did last, which can be taken back."""
        with self._lock:
            done = self._standing.last_done(reviewer)
            if done is None:
                return None
            if done.skipped:
                return LastWord(done.content_key, "skipped")
            answers = self._standing.answers(done.content_key, reviewer)
            return LastWord(done.content_key, "; ".join(map(_told, answers.values())))

    def decide(
        self, key: str, reviewer: str, labels: Mapping[str, str | list[str]], *, note: str = ""
    ) -> None:
        """Write down what a reviewer says of an item; the same once more is not written.

        Args:
            key: the item's.
            reviewer: who decides.
            labels: by task, of every question.
            note: whatever else is to be kept.

        Raises:
            OSError: it could not be written, and does not count.
        """
        with self._lock:
            before, noted = self.answers(key, reviewer)
            if noted == note and before == {task: _compared(each) for task, each in labels.items()}:
                return
            second = self._turns.is_second(key, reviewer)
            self._write(
                self._line(
                    key, reviewer, Entry.DECIDED, task, label=label, note=note, second=second
                )
                for task, label in labels.items()
            )
            self._turns.let_go(reviewer)

    def skip(self, key: str, reviewer: str) -> None:
        """Write down that a reviewer passes an item on; raises ``OSError``."""
        with self._lock:
            self._write([self._line(key, reviewer, Entry.SKIPPED, None)])
            self._turns.let_go(reviewer)

    def undo(self, reviewer: str) -> str | None:
        """Take back what a reviewer did last; the item's key, None where there is nothing.

        Raises:
            OSError: it could not be written, and stands.
        """
        with self._lock:
            done = self._standing.last_done(reviewer)
            if done is None:
                return None
            answers = self._standing.answers(done.content_key, reviewer)
            tasks: Iterable[str | None] = [None] if done.skipped else answers
            self._write(
                self._line(done.content_key, reviewer, Entry.WITHDRAWN, task) for task in tasks
            )
            return done.content_key

    def _write(self, lines: Iterable[DecisionLine]) -> None:
        written = list(lines)
        self.file.append(written)
        for line in written:
            self._standing.take(said_of(line))

    def _line(
        self,
        key: str,
        reviewer: str,
        entry: Entry,
        task: str | None,
        *,
        label: str | list[str] | None = None,
        note: str = "",
        second: bool = False,
    ) -> DecisionLine:
        item = self._by_key[key]
        return DecisionLine(
            entry=entry,
            item_id=item.item_id,
            task=task,
            label=label,
            reviewer=reviewer,
            decided_at=self._moment(key, reviewer),
            kind=item.kind,
            content_key=key,
            run_id=self.run_id,
            note=note or None,
            second_opinion=second,
        )

    def _moment(self, key: str, reviewer: str) -> str:
        """Later than anything that they said of the item, even where the clock was set back."""
        moment = self.now()
        last = self._standing.last_moment(key, reviewer)
        if last is not None and moment <= last:
            moment = last + _STEP
        return moment.isoformat(timespec="microseconds")


def _compared(label: str | list[str]) -> Label:
    return label if isinstance(label, str) else tuple(sorted(label))


def _told(label: Label) -> str:
    if isinstance(label, str):
        return label
    return ", ".join(label) or "none of these"
