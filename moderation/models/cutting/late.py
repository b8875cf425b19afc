"""A signature that is cut once its items repeat: a cut takes seconds, which a few never repay."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from moderation.models.calls import Answering, Call, How, Result
from moderation.models.precision import computing
from moderation.models.types import ModelItem
from schemas.card import TaskSpec
from schemas.precision import Precision

REPEATS = 64
"""Texts and pictures that came again with another item, before it is worth a cut: they would have
saved one to four seconds of a model like the multimodal-entailment example's, and a cut takes as
long."""
_REMEMBERED = 1 << 16
"""Digests of 8 bytes, the latest."""


class LateCut:
    """Answers by the whole signature, and by what a cut made of it from some repeat on.

    Args:
        whole: the signature as it was exported.
        cut: makes what answers from then on; where it cannot, the whole with the reason.
        repeats: texts and pictures that must have come again.
    """

    def __init__(
        self, whole: Call, cut: Callable[[Call], Answering], *, repeats: int = REPEATS
    ) -> None:
        self.whole, self._cut, self._repeats = whole, cut, repeats
        self._seen: OrderedDict[bytes, str] = OrderedDict()
        self._again = 0
        self._lock = threading.Lock()
        self.settled: Answering | None = None

    @property
    def tasks(self) -> tuple[TaskSpec, ...]:
        """That it answers."""
        return self.whole.tasks

    @property
    def batch_size(self) -> int | None:
        """Rows that the signature insists on."""
        return self.whole.batch_size

    @property
    def called(self) -> How:
        """As a whole, until there was reason to cut it."""
        if self.settled is None:
            return How(False, "too little of its items has come again to cut it")
        return self.settled.called

    def __call__(self, items: Sequence[ModelItem]) -> list[Result]:
        """One result per item; raises what the model raises."""
        if self.settled is not None:
            return self.settled(items)
        results = self.whole(items)
        if self._lock.acquire(blocking=False):  # others go on meanwhile
            try:
                if self.settled is None and self._is_time(items):
                    self.settle()
            finally:
                self._lock.release()
        return results

    def settle(self) -> Answering:
        """Cut it now; what answers from here on."""
        with computing(Precision.FLOAT32):  # it is proved in that, whatever the run computes in
            self.settled = self._cut(self.whole)
        return self.settled

    def _is_time(self, items: Sequence[ModelItem]) -> bool:
        for item in items:
            for digest in _digests(item):
                self._again += self._seen.get(digest, item.content_key) != item.content_key
                self._seen[digest] = item.content_key
                self._seen.move_to_end(digest)
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return self._again >= self._repeats


def _digests(item: ModelItem) -> list[bytes]:
    """Of each text and each picture."""
    texts = (text.encode("utf-8", "surrogatepass") for text in item.texts.values() if text)
    pictures = (image.tobytes() for image in item.images.values())
    return [hashlib.blake2b(part, digest_size=8).digest() for part in (*texts, *pictures)]
