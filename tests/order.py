"""The order of tests when several processes share them: what is dear to make is made in one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeVar

ROOT = Path(__file__).parent
LONG = (
    "pipelines", "training", "pipelines/train", "pipelines/evaluate", "workshop/starter",
    "training/encoders", "models", "pipelines/preprocess", "pipelines/export", "starter",
)  # fmt: skip
"""Folders that take long; their fixtures are networks and runs. About the longest first, and so
that of two processes one alone loads KerasHub and makes tiny networks."""


class Placed(Protocol):
    """What of a test the order depends on."""

    path: Path


AnyTest = TypeVar("AnyTest", bound=Placed)


def dealt(tests: Sequence[AnyTest], *, processes: int) -> list[AnyTest]:
    """Equal shares one after the other, each with its long folders first.

    Work is first given out in contiguous shares and then taken from their ends, where no fixture
    is shared: so a folder's fixtures are made in one process. The long folders are dealt there
    and back, as are players to teams.
    """
    shares: list[list[AnyTest]] = [[] for _ in range(processes)]
    folders = {str(ROOT / name): place for place, name in enumerate(LONG)}
    rest = []
    for test in sorted(tests, key=lambda test: folders.get(str(test.path.parent), len(LONG))):
        place = folders.get(str(test.path.parent))
        if place is None:
            rest.append(test)
            continue
        back, at = divmod(place, processes)
        shares[processes - 1 - at if back % 2 else at].append(test)
    size = -(-len(tests) // processes)
    for share in shares:
        room = max(size - len(share), 0)
        share += rest[:room]
        del rest[:room]
    return [test for share in shares for test in share] + rest
