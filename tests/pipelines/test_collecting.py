from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from contextlib import suppress

import pytest

from pipelines.command.collecting import seldom


class Circle:
    def __init__(self) -> None:
        self.self = self


@pytest.fixture(params=[False, True], ids=["", "frozen"])
def frozen(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Whether what is there was frozen before; tests have it so."""
    gc.freeze()
    if not request.param:
        gc.unfreeze()
    yield request.param
    gc.freeze()


def test_what_was_there_is_not_searched_and_all_is_as_before_in_the_end(frozen: bool) -> None:
    before = gc.get_threshold()
    with suppress(KeyError), seldom():
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] > before[0]
        raise KeyError
    assert gc.get_threshold() == before
    assert (gc.get_freeze_count() > 0) == frozen


def test_circles_of_the_run_are_still_found() -> None:
    with seldom():
        gone = weakref.ref(Circle())
        gc.collect()
        assert gone() is None
