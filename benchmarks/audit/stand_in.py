"""``pipelines.score`` with a model that costs nothing, with its audit or with an account alone.

Run as a file: files to score, ``--``, flags. ``AUDIT=account`` in the environment leaves of the
tallies what a commit needs: how many rows and items there are. Prints, as JSON, processor seconds
of each file's run, and the largest pickled size of what its audit was made of.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import time
from typing import Any

from benchmarks.plumbing.stand_in import StandIn, run
from moderation.audit.tally import Tally
from moderation.models import loading
from moderation.verdicts import join, run_report

_SIZES = [0]


class Account:
    """In place of ``OutcomeCounts``: the terms of the account."""

    def __init__(self, _: Any) -> None:
        self._items = self._rows = 0

    def images(self, _: Any) -> None:
        """Counts nothing."""

    def lost(self, *_: Any) -> None:
        """Counts nothing."""

    def verdict(self, judgement: Any, _: Any, *, rows: int, **__: Any) -> None:
        """Count an item."""
        self._items += not judgement.counted
        self._rows += rows

    def add_to(self, tally: Tally) -> None:
        """Add the account."""
        tally.add("account", "scored", rows=self._items)
        tally.add("account", "duplicates", rows=self._rows - self._items)


class Nothing:
    """In place of whatever counts items: takes all, and has nothing."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __len__(self) -> int:
        return 0

    def add(self, *_: Any, **__: Any) -> None:
        """Counts nothing."""

    def packs(self) -> tuple[()]:
        """None."""
        return ()


def leave_out() -> None:
    """Have no figures gathered but the account's."""
    named: Any = join
    named.OutcomeCounts, named.PostedItems = Account, Nothing
    named.posted = lambda *_, **__: ()
    fan_out: Any = join.FanOut
    fan_out._texts = lambda *_: {}
    if hasattr(fan_out, "_choose"):
        fan_out._choose = lambda *_: None


def measure_sizes() -> None:
    """Note how large what an audit is made of is."""
    report: Any = run_report.RunReport
    files = report.files

    def measured(self: Any, closing: Any) -> Any:
        _SIZES.append(len(pickle.dumps((closing.tally, dict(closing.sides)))))
        return files(self, closing)

    report.files = measured


def main() -> int:
    """See the module."""

    def load(bundle: Any, *, verbose: bool = False) -> Any:
        return StandIn(bundle)

    loading.load = load  # type: ignore[assignment]
    if os.environ.get("AUDIT") == "account":
        leave_out()
    measure_sizes()
    at = sys.argv.index("--")
    inputs, flags, told = sys.argv[1:at], sys.argv[at + 1 :], []
    for number, records in enumerate(inputs):
        began = time.process_time()
        code = run([*flags, "--input", records, "--run_id", f"r{number}"])
        if code:
            return code
        told.append([time.process_time() - began, max(_SIZES)])
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
