"""Scores items of one kind with a loaded SavedModel: feed, call, read, halve."""

from __future__ import annotations

import re
from collections.abc import Sequence

from moderation.images.references.printing import safe_message
from moderation.models.calls import Answering, Result
from moderation.models.halving import Ceiling, Halving, Tally
from moderation.models.inputs import check_item
from moderation.models.outputs import OutputError
from moderation.models.precision import computing
from moderation.models.types import ItemFailure, ModelItem, Scores
from schemas.codes import Code
from schemas.precision import Precision

_MESSAGE_CHARS = 300
_DEVICE_ERRORS = ("InternalError", "UnknownError", "RuntimeError", "XlaRuntimeError")
_OUT_OF_MEMORY = re.compile(
    r"RESOURCE_EXHAUSTED|out of memory|OUT_OF_MEMORY|OOM when allocating", re.IGNORECASE
)
"""What CUDA libraries say within an error of one of the kinds above. Not looked for in
others: an assertion may quote an item's text, which may say anything."""
_NOISE = re.compile(r"Graph execution error|Detected at node|File |<stack traces|\[\[|\(\d+\) ")
"""Lines of a TensorFlow error that only say where in the graph it was."""


class Scorer:
    """All tasks of one kind of record; safe to share between threads.

    Args:
        calls: that answer them.
        precision: what all of them compute in.
    """

    def __init__(
        self, calls: Sequence[Answering], precision: Precision = Precision.FLOAT32
    ) -> None:
        self.calls = tuple(calls)
        self.precision = precision
        self._tasks = tuple(task for call in calls for task in call.tasks)
        sizes = [call.batch_size for call in calls if call.batch_size is not None]
        self._max_rows = min(sizes) if sizes else None
        self.ceiling = Ceiling()

    def score(self, items: Sequence[ModelItem], *, batch_size: int, tally: Tally) -> list[Result]:
        """One result per item, in order; never raises for an item.

        Args:
            items: any number, of this kind.
            batch_size: items a call, at most.
            tally: counts are added to it.
        """
        results: list[Result | None] = [self._check(item) for item in items]
        ready = [at for at, result in enumerate(results) if result is None]
        step = min(batch_size, self._max_rows or batch_size)
        halving = Halving(self._call, _fail, is_exhaustion, self.ceiling, tally)
        for start in range(0, len(ready), step):
            places = ready[start : start + step]
            with computing(self.precision):
                scored = halving.run([items[at] for at in places])
            for at, result in zip(places, scored, strict=True):
                results[at] = result
        return [result for result in results if result is not None]

    def _check(self, item: ModelItem) -> ItemFailure | None:
        checks = (check_item(item, task) for task in self._tasks)
        return next((failure for failure in checks if failure is not None), None)

    def _call(self, items: Sequence[ModelItem]) -> list[Result]:
        if len(self.calls) == 1:
            return self.calls[0](items)
        results: list[Result] = [Scores({})] * len(items)
        for call in self.calls:
            results = [_join(*pair) for pair in zip(results, call(items), strict=True)]
        return results


def _join(one: Result, other: Result) -> Result:
    if isinstance(one, ItemFailure):
        return one
    if isinstance(other, ItemFailure):
        return other
    return Scores({**one.probabilities, **other.probabilities})


def is_exhaustion(error: Exception) -> bool:
    """Whether a smaller batch may pass where this one ran out of memory."""
    kind = type(error).__name__
    if isinstance(error, MemoryError) or kind == "ResourceExhaustedError":
        return True
    return kind in _DEVICE_ERRORS and _OUT_OF_MEMORY.search(str(error)) is not None


def _fail(item: ModelItem, error: Exception) -> ItemFailure:
    if is_exhaustion(error):
        return ItemFailure(Code.RESOURCE_EXHAUSTED, plain_message(error))
    code = Code.MODEL_OUTPUT if isinstance(error, OutputError) else Code.MODEL_ERROR
    return ItemFailure(code, plain_message(error))


def plain_message(error: BaseException) -> str:
    """The first telling line of an error, short, without graph nodes and query strings."""
    text = re.sub(r"\{\{.*?\}\}", "", str(getattr(error, "message", None) or error))
    lines = (line.strip() for line in text.splitlines())
    telling = [line for line in lines if line and not _NOISE.match(line)]
    line = safe_message(telling[0]) if telling else ""
    name = type(error).__name__
    if isinstance(error, OutputError):
        return line[:_MESSAGE_CHARS]
    return f"{name}: {line}"[:_MESSAGE_CHARS] if line else name
