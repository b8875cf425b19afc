"""``pipelines.score`` with the built-in model's card and a stand-in for its weights.

Run as a file, with a checkout on ``PYTHONPATH``: the stand-in takes the place of what that checkout
would load, so that any build that loads its model by ``moderation.models.loading.load`` can be
measured. Scores are made of the content key, the same in every build.
"""

from __future__ import annotations

import json
import resource
import runpy
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from moderation.models import loading
from moderation.models.bundle import Bundle
from moderation.models.types import ModelItem, Scores
from schemas.records import Kind

_RARE = 8
"""The power that makes most scores small, as they are at night."""


class StandInScorer:
    """What ``LoadedBundle.scorer`` gives: answers at once."""

    ceiling = SimpleNamespace(value=None)

    def __init__(self, bundle: Bundle, kind: Kind) -> None:
        self._tasks = [(task.name, len(task.labels)) for task in bundle.card.tasks_for(kind)]

    def score(self, items: Sequence[ModelItem], **_: Any) -> list[Scores]:
        """One answer per item."""
        return [
            Scores({name: _scores(item, labels) for name, labels in self._tasks}) for item in items
        ]


@dataclass(eq=False)
class StandIn:
    """What ``loading.load`` gives."""

    bundle: Bundle

    def scorer(self, kind: Kind, *_: Any) -> StandInScorer:
        """For the items of a kind, in whatever precision."""
        return StandInScorer(self.bundle, kind)


def _scores(item: ModelItem, labels: int) -> tuple[float, ...]:
    rare: float = (int(item.content_key[:6], 16) / 0xFFFFFF) ** _RARE
    if labels == 2:
        return 1.0 - rare, rare
    return (rare, *[0.0] * (labels - 2), 1.0 - rare)


def run(flags: Sequence[str]) -> int:
    """The command once, in this process; its exit code."""
    sys.argv[1:] = flags
    try:
        runpy.run_module("pipelines.score", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def main() -> int:
    """Score the files named before ``--`` one by one, with the flags behind it.

    Prints processor seconds and peak bytes of each, as JSON; the first only warms up.
    """

    def load(bundle: Bundle, *, verbose: bool = False) -> Any:
        return StandIn(bundle)

    loading.load = load  # type: ignore[assignment]
    at = sys.argv.index("--")
    inputs, flags, told = sys.argv[1:at], sys.argv[at + 1 :], []
    for number, records in enumerate(inputs):
        began = time.process_time()
        code = run([*flags, "--input", records, "--run_id", f"r{number}"])
        if code:
            return code
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        told.append([time.process_time() - began, peak])
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
