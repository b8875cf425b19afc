"""Failure budgets: which share of the rows may be lost, over all and for one reason."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from moderation.option_error import OptionError, option
from schemas.codes import Code

_OPTION = "max_dead_letter_ratio"


class BudgetError(OptionError, ValueError):
    """A budget that cannot be used; the message says what to write."""


def over(part: int, whole: int, limit: float) -> bool:
    """Whether a share is over its limit. Divided: 0.29 times 100 would be less than 29."""
    return whole > 0 and part / whole > limit


@dataclass(frozen=True, slots=True)
class Budgets:
    """Dead letters per row, at most."""

    overall: float = 1.0
    by_code: Mapping[Code, float] = field(default_factory=dict)

    @property
    def hold_files(self) -> bool:
        """Whether a file that lost rows without number breaks a budget, whatever it held."""
        return self.overall < 1 or self.by_code.get(Code.UNREADABLE_FILE, 1.0) < 1

    def broken(
        self,
        lost: Mapping[str, int],
        rows: int,
        *,
        what: str,
        example: Callable[[str], str],
    ) -> Iterator[str]:
        """Every budget that was not kept, in words.

        Args:
            lost: rows by code.
            rows: those and all others.
            what: of what ``rows`` are, as in "rows".
            example: of a code, what is said behind "for example"; "" where nothing is known.
        """
        bad = sum(lost.values())
        if over(bad, rows, self.overall):
            most = max(lost, key=lambda code: (lost[code], code))
            told = f"{bad:,} of {rows:,} {what} are dead letters ({bad / rows:.1%})"
            yield f"{told}, {_over(f'{self.overall:g}')}; most are {most}{_shown(example(most))}"
        for code, limit in self.by_code.items():
            if over(bad := lost.get(code.value, 0), rows, limit):
                told = f"{bad:,} of {rows:,} {what} are dead letters of code {code.value}"
                budget = _over(f"{code.value}={limit:g}")
                yield f"{told} ({bad / rows:.1%}), {budget}{_shown(example(code.value))}"


def parse_budgets(parts: Iterable[str]) -> Budgets:
    """``["0.05", "timeout=0.01,dns=0"]`` as budgets.

    Raises:
        BudgetError: where a part is neither ``R`` nor ``CODE=R``, or a budget is given twice.
    """
    overall: float | None = None
    by_code: dict[Code, float] = {}
    for part in (one.strip() for each in parts for one in each.split(",")):
        name, equals, share = part.rpartition("=")
        if not equals:
            if overall is not None:
                raise BudgetError(f"the budget over all is given twice: {overall:g} and {part}")
            overall = _share(part)
            continue
        code = _code(name.strip())
        if code in by_code:
            raise BudgetError(
                f"the budget of {code.value} is given twice: {by_code[code]:g} and {share}"
            )
        by_code[code] = _share(share.strip())
    return Budgets(1.0 if overall is None else overall, by_code)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        raise BudgetError(
            f"{text!r} is no number: write a share of the rows, as in 0.05, or of one code, as in "
            "timeout=0.01"
        ) from None
    if not 0 <= share <= 1:
        raise BudgetError(f"{text} is out of range: it must be between 0 and 1")
    return share


def _code(name: str) -> Code:
    try:
        return Code(name)
    except ValueError:
        known = [code.value for code in Code]
        close = difflib.get_close_matches(name, known, n=1)
        meant = f"; did you mean {close[0]}?" if close else "."
        raise BudgetError(f"{name!r} is no code{meant} Codes are {', '.join(known)}") from None


def _over(budget: str) -> str:
    return f"over the failure budget {option(_OPTION)} {budget}"


def _shown(example: str) -> str:
    return f"; for example: {example}" if example else ""
