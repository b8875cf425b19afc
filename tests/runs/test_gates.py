from __future__ import annotations

import pytest

from moderation.audit.losses import count_loss, rows_in_no_letter, unreadable_files
from moderation.audit.tally import Tally
from moderation.option_error import option
from moderation.runs.budgets import Budgets
from moderation.runs.gates import Gates
from schemas.codes import Code


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
    gates = Gates(budgets=Budgets(0.4), max_unreadable_files=1)
    assert "500 of 1,000 rows" in (broken(gates, counted) or "")
    assert broken(Gates(budgets=Budgets(0.5), max_unreadable_files=1), counted) is None


@pytest.mark.parametrize(
    ("gates", "allowed"),
    [
        (Gates(), True),
        (Gates(max_unreadable_files=0), False),
        (Gates(max_unreadable_files=2), True),
        (Gates(max_unreadable_files=1), False),
        (Gates(budgets=Budgets(0.99)), False),
        (Gates(budgets=Budgets(0.99), max_unreadable_files=2), True),
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
        assert f"{option('max_unreadable_files')} 2" in why


def test_a_share_that_is_the_budget_holds_however_floats_round() -> None:
    assert broken(Gates(budgets=Budgets(0.29)), tally(scored=71, dead=29)) is None
    assert broken(Gates(budgets=Budgets(0.29)), tally(scored=70, dead=30)) is not None


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


def of_codes(rows: int, **dead: int) -> Tally:
    """Rows, some of them dead letters of the fetch."""
    counted = Tally()
    counted.add("account", "scored", rows=rows - sum(dead.values()))
    counted.add("account", "dead_lettered", rows=sum(dead.values()))
    for code, lost in dead.items():
        counted.add("dead", "fetch", code, rows=lost)
        counted.example("fetch", code, ("/in/a.jsonl", 7, "1", f"what {code} says"))
    return counted


def test_a_budget_of_one_code_is_told_with_its_rows_and_an_example() -> None:
    gates = Gates(Budgets(0.5, {Code.TIMEOUT: 0.01, Code.DNS: 0}))
    assert broken(gates, of_codes(100, timeout=1, not_found=40)) is None
    assert broken(gates, of_codes(100, timeout=2, not_found=40)) == (
        "2 of 100 rows are dead letters of code timeout (2.0%), over the failure budget "
        f"{option('max_dead_letter_ratio')} timeout=0.01; for example: /in/a.jsonl, row 7: "
        "what timeout says"
    )
    told = broken(gates, of_codes(100, timeout=2, dns=1, not_found=48)) or ""
    assert "51 of 100 rows are dead letters (51.0%)" in told
    assert "most are not_found; for example: /in/a.jsonl, row 7: what not_found says" in told
    assert "2 of 100 rows are dead letters of code timeout" in told
    assert "1 of 100 rows are dead letters of code dns (1.0%)" in told


def test_a_budget_of_another_code_allows_files_to_be_cut_off() -> None:
    counted = tally(scored=95, losses=(5,))
    assert broken(Gates(Budgets(by_code={Code.TIMEOUT: 0})), counted) is None
    of_files = Budgets(by_code={Code.UNREADABLE_FILE: 0.05})
    assert "could not be read to the end" in (broken(Gates(of_files), counted) or "")
    assert broken(Gates(of_files, max_unreadable_files=1), counted) is None
    counted.add("account", "scored", rows=-1)
    assert "5 of 99 rows" in (broken(Gates(of_files, max_unreadable_files=1), counted) or "")


def test_letters_that_were_passed_on_are_in_no_budget() -> None:
    counted = of_codes(100, not_found=90)
    counted.add("passed_on", "fetch", "not_found", rows=90)
    assert broken(Gates(Budgets(0, {Code.NOT_FOUND: 0})), counted) is None
    all_of_them = of_codes(3, not_found=3)
    all_of_them.add("passed_on", "fetch", "not_found", rows=3)
    why = broken(Gates(), all_of_them) or ""
    assert "none of the 3 letters is to be driven again (not_found 3)" in why
    assert f"{option('redrive')} all" in why
    assert broken(Gates(allow_empty=True), all_of_them) is None
