"""A folder on this machine for what a run needs while it goes on, and no longer."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_made: set[str] = set()


@contextmanager
def work_folder(run: str) -> Iterator[str]:
    """An empty folder of the run's own below ``TMPDIR``, gone after the block.

    Its name is told by the run's path: what a start left there that was killed goes when the run
    starts again, and only who holds the run's claim may ask.
    """
    digest = hashlib.blake2b(run.encode(), digest_size=8).hexdigest()
    folder = os.path.join(tempfile.gettempdir(), f"moderation-{os.getuid()}-{digest}")
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder, 0o700)  # fails where somebody else has a file or a link of that name
    _made.add(folder)
    try:
        yield folder
    finally:
        drop()


def drop() -> None:
    """Delete what this process made, also where it ends without unwinding."""
    while _made:
        shutil.rmtree(_made.pop(), ignore_errors=True)
