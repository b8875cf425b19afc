"""Python's search for circular garbage, seldom while a run goes on in this process.

Each full search looks at every object there is: all that Beam and TensorFlow consist of, and the
items and verdicts at hand. Left alone it took nearly half of the time that fanning out a bucket's
verdicts took.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (50_000, 20, 100)


@contextmanager
def seldom() -> Iterator[None]:
    """What is there when the block begins is not searched; what comes after it, seldom.

    Where whoever called froze what was there, that is left as it is.
    """
    before, frozen = gc.get_threshold(), gc.get_freeze_count() > 0
    gc.collect()
    if not frozen:
        gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if not frozen:
            gc.unfreeze()
