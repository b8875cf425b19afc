"""How far this process is: counters that DoFns bump and the terminal shows.

They are for the eye alone and only move where the engine runs in this process; the audit
counts for itself.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Progress:
    """Counters of one process. Adding is cheap and, between threads, near enough."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start over, for a new run in the same process."""
        self.rows_read = 0
        self.rows_written = 0
        self.items_judged = 0
        self.dead_letters = 0
        self.rows_repeated = 0

    def read(self) -> None:
        """One more row was read."""
        self.rows_read += 1

    def judged(self, items: int = 1) -> None:
        """More distinct items have been through the model, or were given up."""
        self.items_judged += items

    def duplicates(self, rows: int) -> None:
        """More rows share the content of an item that is on its way to the model."""
        self.rows_repeated += rows

    def written(self, rows: int = 1) -> None:
        """More rows have their verdict or letter."""
        self.rows_written += rows

    def dead(self) -> None:
        """One more dead letter."""
        self.dead_letters += 1


progress = Progress()


@contextmanager
def shown(*, stream: TextIO | None = None, every_s: float = 0.3) -> Iterator[None]:
    """Show one updating line on ``stream`` (stderr) while the block runs; silent off a terminal."""
    from tqdm import tqdm

    stream = stream or sys.stderr
    done = threading.Event()
    bar = tqdm(
        disable=not stream.isatty(),
        file=stream,
        unit=" rows",
        desc="reading",
        dynamic_ncols=True,
        leave=False,
    )

    def refresh() -> None:
        while not done.wait(every_s):
            _refresh(bar)

    progress.reset()
    thread = threading.Thread(target=refresh, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        bar.close()


def _refresh(bar: object) -> None:
    from tqdm import tqdm

    assert isinstance(bar, tqdm)
    if progress.items_judged:
        bar.set_description_str("judging", refresh=False)
        known = progress.items_judged + progress.rows_repeated
        bar.total = max(progress.rows_read - progress.dead_letters, known)
        bar.n = known
    else:
        bar.n = progress.rows_read
    bar.set_postfix_str(
        f"{progress.rows_written:,} rows written, {progress.dead_letters:,} dead letters",
        refresh=False,
    )
    bar.refresh()
