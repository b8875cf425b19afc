from __future__ import annotations

import pytest

from moderation.audit.losses import count_loss, rows_in_no_letter, unreadable_files
from moderation.audit.tally import Tally
from moderation.runs.gates import Gates


def tally(*, scored: int, dead: int = 0, losses: tuple[int | None, ...] = ()) -> Tally:
    """Rows that were judged, letters about rows, and one letter for each lost part of a file."""
    counted = Tally()
    counted.add("account", "scored", rows=scored)
    counted.add("account", "dead_lettered", rows=dead + len(losses))
    counted.add("dead", "read", "invalid_json", rows=dead)
    counted.add("dead", "read", "unreadable_file", rows=len(losses))
    for place, lost in enumerate(losses):
        count_loss(counted, f"/in/{place}.parquet", lost, f"/in/{place}.parquet breaks off")
    return counted


def broken(gates: Gates, counted: Tally) -> str | None:
    return gates.broken(counted, sum(counted.of("account").values()))


def test_rows_lost_with_a_file_count_by_number_in_the_budget() -> None:
    counted = tally(scored=500, losses=(500,))
    assert rows_in_no_letter(counted) == 499
    gates = Gates(max_dead_letter_ratio=0.4, max_unreadable_files=1)
    assert "500 of 1,000 rows" in (broken(gates, counted) or "")
    assert broken(Gates(max_dead_letter_ratio=0.5, max_unreadable_files=1), counted) is None


@pytest.mark.parametrize(
    ("gates", "allowed"),
    [
        (Gates(), True),
        (Gates(max_unreadable_files=0), False),
        (Gates(max_unreadable_files=2), True),
        (Gates(max_unreadable_files=1), False),
        (Gates(max_dead_letter_ratio=0.99), False),
        (Gates(max_dead_letter_ratio=0.99, max_unreadable_files=2), True),
    ],
)
def test_an_unreadable_file_breaks_a_budget_unless_it_is_allowed(
    gates: Gates, allowed: bool
) -> None:
    why = broken(gates, tally(scored=1000, losses=(None, 7)))
    assert (why is None) is allowed
    if why:
        assert "/in/1.parquet (7 rows lost: breaks off)" in why
        assert "/in/0.parquet (at least 1 row lost: breaks off)" in why
        assert "--max_unreadable_files 2" in why


def test_a_share_that_is_the_budget_holds_however_floats_round() -> None:
    assert broken(Gates(max_dead_letter_ratio=0.29), tally(scored=71, dead=29)) is None
    assert broken(Gates(max_dead_letter_ratio=0.29), tally(scored=70, dead=30)) is not None


def test_a_run_that_judged_nothing_is_refused_unless_allowed() -> None:
    counted = tally(scored=0, dead=3)
    assert "no row could be judged: all 3" in (broken(Gates(), counted) or "")
    assert broken(Gates(allow_empty=True), counted) is None
    assert broken(Gates(), tally(scored=1, dead=3)) is None


def test_losses_add_up_whatever_the_order_and_those_that_lost_most_come_first() -> None:
    one, other = tally(scored=1, losses=(5,)), tally(scored=1, losses=(None, 9))
    one.merge(other)
    assert [(file.source, file.rows, file.exact) for file in unreadable_files(one)] == [
        ("/in/1.parquet", 9, True),
        ("/in/0.parquet", 6, False),
    ]
    assert rows_in_no_letter(one) == 4 + 0 + 8
