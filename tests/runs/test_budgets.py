from __future__ import annotations

import pytest

from moderation.runs.budgets import BudgetError, Budgets, parse_budgets
from schemas.codes import Code


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], Budgets()),
        (["0.05"], Budgets(0.05)),
        (["timeout=0.01", ".05"], Budgets(0.05, {Code.TIMEOUT: 0.01})),
        (["0.1, dns = 0,timeout=1"], Budgets(0.1, {Code.DNS: 0, Code.TIMEOUT: 1})),
    ],
)
def test_budgets_come_apart_or_with_commas(given: list[str], expected: Budgets) -> None:
    assert parse_budgets(given) == expected


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["timeuot=0.1"], "'timeuot' is no code; did you mean timeout?"),
        (["=0.1"], "'' is no code. Codes are unreadable_file, invalid_json,"),
        (["timeout=much"], "'much' is no number"),
        (["timeout="], "'' is no number"),
        ([""], "'' is no number"),
        (["1.5"], "1.5 is out of range: it must be between 0 and 1"),
        (["timeout=-0.1"], "-0.1 is out of range"),
        (["dns=nan"], "nan is out of range"),
        (["0.1", "0.2"], "over all is given twice: 0.1 and 0.2"),
        (["dns=0.1", "timeout=0,dns=0.2"], "budget of dns is given twice: 0.1 and 0.2"),
    ],
)
def test_what_is_no_budget_is_told(given: list[str], told: str) -> None:
    with pytest.raises(BudgetError, match=told.replace("?", r"\?")):
        parse_budgets(given)


def test_who_names_no_code_is_told_them_all() -> None:
    with pytest.raises(BudgetError) as refused:
        parse_budgets(["slow=0.1"])
    assert all(code.value in str(refused.value) for code in Code)
