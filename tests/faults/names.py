"""A name system that says what a test wants, and says it differently the next time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from moderation.images.types import ImageError
from schemas.codes import Code


class FakeResolver:
    """Names to answers; a list of answers is given out one by one, the last one for ever."""

    def __init__(self, names: dict[str, Sequence[str] | list[Sequence[str]]]) -> None:
        self._names = names
        self.asked: Counter[str] = Counter()

    async def resolve(self, host: str) -> Sequence[str]:
        self.asked[host] += 1
        answers = self._names.get(host)
        if answers is None:
            raise ImageError(Code.DNS, f"{host} cannot be resolved (no such name)")
        if not answers or isinstance(answers[0], str):
            return answers  # type: ignore[return-value]
        return answers[min(self.asked[host], len(answers)) - 1]

    def close(self) -> None:
        pass
