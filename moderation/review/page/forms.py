"""What a reviewer's form says, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from moderation.review.queue.questions import Question
from schemas.decision_lines import MAX_NOTE_CHARS, MAX_REVIEWER_CHARS

Form = Mapping[str, Sequence[str]]
"""Every value of each field."""

NONE = "none"
"""Of a question with any number of labels: that none of them holds."""
KEYS = "1234567890abcdefhijklmopqrtwxyz"
"""For answers, in their order. The other letters do something else: s, u, n, v, g."""


class FormError(ValueError):
    """A form that says nothing which can be written down; the message is for its reviewer."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer on the page."""

    value: str
    told: str
    key: str
    """That chooses it; empty where there are more answers than keys."""
    chosen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on the page."""

    name: str
    task: str
    several: bool
    choices: list[Choice]


def asked_of(questions: Sequence[Question], answers: dict[str, object]) -> list[Asked]:
    """Questions as the page puts them, with what was answered before."""
    keys = iter(KEYS)
    return [
        Asked(f"q{at}", each.task, each.several, [*_choices(each, answers.get(each.task), keys)])
        for at, each in enumerate(questions)
    ]


def _choices(question: Question, answer: object, keys: Iterator[str]) -> Iterator[Choice]:
    for place, label in enumerate(question.labels):
        chosen = label in answer if isinstance(answer, tuple) else label == answer
        yield Choice(str(place), label, next(keys, ""), chosen)
    if question.several:
        yield Choice(NONE, "none of these", next(keys, ""), answer == ())


def labels_of(form: Form, questions: Sequence[Question]) -> dict[str, str | list[str]]:
    """The label of each question, or its labels; raises ``FormError``."""
    return {
        question.task: _label(form.get(f"q{at}", []), question)
        for at, question in enumerate(questions)
    }


def _label(given: Sequence[str], question: Question) -> str | list[str]:
    if not given:
        raise FormError(f"{question.task}: choose an answer")
    if question.several:
        if NONE in given:
            if len(given) > 1:
                raise FormError(f"{question.task}: either some of them, or none of these")
            return []
        return [_of_place(each, question) for each in sorted(set(given), key=given.index)]
    if len(given) > 1:
        raise FormError(f"{question.task}: choose one answer")
    return _of_place(given[0], question)


def _of_place(given: str, question: Question) -> str:
    if not given.isascii() or not given.isdigit() or int(given) >= len(question.labels):
        raise FormError(f"{question.task}: there is no such answer")
    return question.labels[int(given)]


def note_of(form: Form) -> str:
    """The reviewer's note; raises ``FormError``."""
    note = (form.get("note") or [""])[0].replace("\r\n", "\n").strip()
    if len(note) > MAX_NOTE_CHARS:
        raise FormError(f"the note has {len(note):,} characters, and {MAX_NOTE_CHARS:,} are kept")
    return note


def reviewer_name(given: str) -> str:
    """A name as it is written down; raises ``FormError``."""
    name = " ".join(given.split())
    if not name or not name.isprintable():
        raise FormError("write your name, in letters that can be seen")
    if len(name) > MAX_REVIEWER_CHARS:
        raise FormError(f"a name has {MAX_REVIEWER_CHARS} characters at most")
    return name
