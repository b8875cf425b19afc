"""One call to the model: what its signature takes is fed, what it gives is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from moderation.models.inputs import Feeds
from moderation.models.outputs import read_output
from moderation.models.types import ItemFailure, ModelItem, Scores
from schemas.card import TaskSpec

Result = Scores | ItemFailure

Signature = Callable[..., Mapping[str, Any]]
"""A signature of a loaded SavedModel: named tensors in, named tensors out."""


class How(NamedTuple):
    """How a signature is called."""

    two_steps: bool
    """What repeats is encoded once."""
    why: str


class Answering(Protocol):
    """Scores some tasks of a batch."""

    @property
    def tasks(self) -> tuple[TaskSpec, ...]:
        """That it answers."""

    @property
    def batch_size(self) -> int | None:
        """Rows that it insists on; None: any."""

    @property
    def called(self) -> How:
        """Whether what repeats is encoded once, and why."""

    def __call__(self, items: Sequence[ModelItem]) -> list[Result]:
        """One result per item; raises what the model raises."""


_WHOLE = How(False, "nobody tried to cut it")


@dataclass(frozen=True)
class Call:
    """One signature with the tasks that it answers."""

    function: Signature
    feeds: Feeds
    tasks: tuple[TaskSpec, ...]
    batch_size: int | None
    """Rows that the signature insists on; None: any."""
    called: How = _WHOLE

    def __call__(self, items: Sequence[ModelItem]) -> list[Result]:
        """One result per item; raises what the model raises."""
        padded = list(items)
        if self.batch_size is not None:
            padded += [items[-1]] * (self.batch_size - len(items))
        return read_results(
            self.function(**self.feeds(padded)), tasks=self.tasks, rows=len(padded)
        )[: len(items)]


def read_results(given: Mapping[str, Any], *, tasks: Sequence[TaskSpec], rows: int) -> list[Result]:
    """What a call says of each row: the scores of all tasks, or the first failure.

    Raises:
        OutputError: an output is missing or misshapen, which no single row is to blame for.
    """
    wanted = {task.output for task in tasks}
    outputs = {name: value.numpy() for name, value in given.items() if name in wanted}
    by_task = {task.name: read_output(outputs, task=task, rows=rows) for task in tasks}
    return [_merge({name: answers[at] for name, answers in by_task.items()}) for at in range(rows)]


def _merge(answers: Mapping[str, tuple[float, ...] | ItemFailure]) -> Result:
    for answer in answers.values():
        if isinstance(answer, ItemFailure):
            return answer
    return Scores({name: answer for name, answer in answers.items() if isinstance(answer, tuple)})
