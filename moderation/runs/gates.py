"""Gates: when a run's results are not good enough to commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from moderation.audit.images import listed, missing, remedy
from moderation.audit.losses import rows_in_no_letter, told, unreadable_count, unreadable_files
from moderation.audit.tally import Tally
from moderation.option_error import option
from moderation.runs.budgets import Budgets, over
from schemas.codes import Code

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Gates:
    """Limits that a run must keep."""

    budgets: Budgets = field(default_factory=Budgets)
    """Dead letters per row that was tried, at most."""
    allow_empty: bool = False
    """Whether a run over no rows at all may commit."""
    max_missing_image_ratio: float = 1.0
    """Images that could not be had per image that was wanted, at most."""
    max_unreadable_files: int | None = None
    """Files that could not be read to their end, at most; None: any number without a budget for
    dead letters, none with one, since what was lost with them has no number."""

    def broken(self, tally: Tally, read: int) -> str | None:
        """Why the run must not be committed; None where every gate holds.

        A letter of an earlier run that was passed on is in no budget: its own run counted it.
        """
        if read == 0:
            return None if self.allow_empty else f"no rows were read: the inputs are empty{_EMPTY}"
        if why := self.files_lost(tally):
            return why
        passed_on = sum(tally.family("passed_on").values())
        if passed_on == read:
            return None if self.allow_empty else nothing_driven(tally, read)
        rows = read - passed_on + rows_in_no_letter(tally)
        broken = self.budgets.broken(
            lost_by_code(tally), rows, what=_rows(tally), example=lambda code: example(tally, code)
        )
        if whys := "; ".join(broken):
            return whys
        if tally.of("account").get("dead_lettered", 0) == read and not self.allow_empty:
            return nothing_left(tally, read, what="no row could be judged")
        return None

    def files_lost(self, tally: Tally) -> str | None:
        """Why a run that could not read all of its files must not be committed; None if it may."""
        allowed, lost = self.max_unreadable_files, unreadable_count(tally)
        if allowed is None:
            allowed = 0 if self.budgets.hold_files else lost
        if lost <= allowed:
            return None
        named = "; ".join(told(file) for file in unreadable_files(tally, most=_NAMED))
        more = f" and {lost - _NAMED:,} more" if lost > _NAMED else ""
        return (
            f"{lost:,} {'file' if lost == 1 else 'files'} could not be read to the end: {named}"
            f"{more}. Bring them whole, or allow so many with "
            f"{option('max_unreadable_files')} {lost}"
        )

    def images_lost(self, counts: Mapping[str, int]) -> str | None:
        """Why a run with these image outcomes must not be committed; None where it may be."""
        wanted, lost = sum(counts.values()), missing(counts)
        if not over(lost, wanted, self.max_missing_image_ratio):
            return None
        hint = f": {hint}" if (hint := remedy(counts)) else ""
        return (
            f"{lost:,} of {wanted:,} images could not be had ({lost / wanted:.1%}: "
            f"{listed({k: v for k, v in counts.items() if k != 'ok'})}), over the budget "
            f"{option('max_missing_image_ratio')} {self.max_missing_image_ratio:g}{hint}"
        )


def lost_by_code(tally: Tally) -> Counter[str]:
    """Rows that this run lost, those beside the letters of a file included."""
    lost = Counter[str]()
    for (_, code), rows in tally.family("dead").items():
        lost[code] += rows
    for (_, code), rows in tally.family("passed_on").items():
        lost[code] -= rows
    lost[Code.UNREADABLE_FILE.value] += rows_in_no_letter(tally)
    return +lost


def example(tally: Tally, code: str) -> str:
    """One of a code's letters: where, and what it says; "" where none was kept."""
    found = (kept[0] for (_, of), kept in sorted(tally.examples.items()) if of == code and kept)
    source, row, _, message = next(found, ("", 0, "", ""))
    where = f"{source}, row {row:,}: " if row else ""
    return f"{where}{message}"


def nothing_left(tally: Tally, read: int, *, what: str) -> str:
    """Why all rows are dead letters: their codes and one of them. ``what``: "no row could be …"."""
    codes, most = _codes(lost_by_code(tally))
    shown = f"; for example: {told}" if (told := example(tally, most)) else ""
    return f"{what}: all {read:,} are dead letters ({codes}){shown}{_EMPTY}"


def nothing_driven(tally: Tally, read: int) -> str:
    """Why letters of an earlier run were all passed on."""
    passed_on = Counter[str]()
    for (_, code), rows in tally.family("passed_on").items():
        passed_on[code] += rows
    return (
        f"no row was tried: none of the {read:,} letters is to be driven again "
        f"({_codes(passed_on)[0]}). {option('redrive')} all drives those that hold their record"
        f"{_EMPTY}"
    )


_EMPTY = f" ({option('allow_empty')} commits such a run)"


def _codes(rows: Mapping[str, int]) -> tuple[str, str]:
    """The most frequent codes in words, and the first of them."""
    by_rows = sorted(rows.items(), key=lambda entry: (-entry[1], entry[0]))
    return ", ".join(f"{code} {count:,}" for code, count in by_rows[:_NAMED]), by_rows[0][0]


def _rows(tally: Tally) -> str:
    lost = rows_in_no_letter(tally)
    return f"rows, {lost:,} of them lost with files beside their letters," if lost else "rows"
