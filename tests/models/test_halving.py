"""Halving alone, with fake models that are plain functions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hypothesis import given
from hypothesis import strategies as st

from moderation.models.halving import Ceiling, Halving, Tally


class FakeModel:
    """Squares numbers; fails where a bad one is among them or where there are too many."""

    def __init__(self, *, bad: Collection[int] = (), huge: Collection[int] = (), room: int = 999):
        self.bad, self.huge, self.room = set(bad), set(huge), room
        self.sizes: list[int] = []
        self.ceiling, self.tally = Ceiling(), Tally()

    def __call__(self, items: Sequence[int]) -> list[str]:
        self.sizes.append(len(items))
        if len(items) > self.room or self.huge & set(items):
            raise MemoryError
        if self.bad & set(items):
            raise ValueError("bad")
        return [str(item * item) for item in items]

    def run(self, items: Sequence[int]) -> list[str]:
        return Halving(
            score=self,
            fail=lambda item, error: f"{item} {type(error).__name__}",
            is_exhaustion=lambda error: isinstance(error, MemoryError),
            ceiling=self.ceiling,
            tally=self.tally,
        ).run(items)


@given(
    count=st.integers(1, 70),
    bad=st.sets(st.integers(0, 69)),
    huge=st.sets(st.integers(0, 69), max_size=3),
    room=st.integers(1, 80),
)
def test_every_item_gets_its_own_result_in_order(
    count: int, bad: set[int], huge: set[int], room: int
) -> None:
    expected = [
        f"{item} MemoryError"
        if item in huge
        else f"{item} ValueError"
        if item in bad
        else str(item * item)
        for item in range(count)
    ]
    assert FakeModel(bad=bad, huge=huge, room=room).run(range(count)) == expected


def test_one_bad_item_of_32_costs_ten_calls_more() -> None:
    model = FakeModel(bad=[7])
    model.run(range(32))
    assert model.tally == Tally(calls=11, failed_calls=6, halvings=5, exhaustions=0)
    assert model.ceiling.value is None


def test_the_ceiling_holds_for_later_batches() -> None:
    model = FakeModel(room=5)
    model.run(range(32))
    model.sizes.clear()
    model.run(range(32))
    assert model.sizes == [4] * 8
    assert model.ceiling.value == 4


def test_an_item_that_exhausts_memory_alone_lowers_no_ceiling() -> None:
    model = FakeModel(huge=[3])
    assert model.run(range(16))[3] == "3 MemoryError"
    assert model.ceiling.value is None
    model.sizes.clear()
    model.run(range(20, 36))
    assert model.sizes == [16]


def test_the_ceiling_only_falls() -> None:
    ceiling = Ceiling()
    for exhausted_at in (32, 8, 64, 1):
        ceiling.lower(exhausted_at)
    assert ceiling.value == 1
