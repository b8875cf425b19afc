"""Gates: when a run's results are not good enough to commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moderation.audit.images import listed, missing, remedy
from moderation.audit.losses import rows_in_no_letter, told, unreadable_count, unreadable_files
from moderation.audit.tally import Tally

_NAMED = 3


def over(part: int, whole: int, limit: float) -> bool:
    """Whether a share is over its limit. Divided: 0.29 times 100 would be less than 29."""
    return whole > 0 and part / whole > limit


@dataclass(frozen=True, slots=True)
class Gates:
    """Limits that a run must keep."""

    max_dead_letter_ratio: float = 1.0
    """Dead-lettered rows per row read, at most."""
    allow_empty: bool = False
    """Whether a run over no rows at all may commit."""
    max_missing_image_ratio: float = 1.0
    """Images that could not be had per image that was wanted, at most."""
    max_unreadable_files: int | None = None
    """Files that could not be read to their end, at most; None: any number without a budget for
    dead letters, none with one, since what was lost with them has no number."""

    def broken(self, tally: Tally, read: int) -> str | None:
        """Why the run must not be committed; None where every gate holds."""
        if read == 0:
            return None if self.allow_empty else "no rows were read: the inputs are empty"
        if why := self.files_lost(tally):
            return why
        dead = tally.of("account").get("dead_lettered", 0)
        lost = rows_in_no_letter(tally)
        bad, rows = dead + lost, read + lost
        if over(bad, rows, self.max_dead_letter_ratio):
            with_files = f", {lost:,} more lost with files" if lost else ""
            return (
                f"{bad:,} of {rows:,} rows are dead letters{with_files} ({bad / rows:.1%}), over "
                f"the failure budget --max_dead_letter_ratio {self.max_dead_letter_ratio:g}"
            )
        if dead == read and not self.allow_empty:
            return nothing_left(tally, read, what="no row could be judged")
        return None

    def files_lost(self, tally: Tally) -> str | None:
        """Why a run that could not read all of its files must not be committed; None if it may."""
        allowed, lost = self.max_unreadable_files, unreadable_count(tally)
        if allowed is None:
            allowed = 0 if self.max_dead_letter_ratio < 1 else lost
        if lost <= allowed:
            return None
        named = "; ".join(told(file) for file in unreadable_files(tally, most=_NAMED))
        more = f" and {lost - _NAMED:,} more" if lost > _NAMED else ""
        return (
            f"{lost:,} {'file' if lost == 1 else 'files'} could not be read to the end: {named}"
            f"{more}. Bring them whole, or allow so many with --max_unreadable_files {lost}"
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
            f"--max_missing_image_ratio {self.max_missing_image_ratio:g}{hint}"
        )


def nothing_left(tally: Tally, read: int, *, what: str) -> str:
    """Why all rows are dead letters: their codes and one of them. ``what``: "no row could be …"."""
    letters = sorted(tally.family("dead").items(), key=lambda entry: (-entry[1], entry[0]))
    codes = ", ".join(f"{code} {rows:,}" for (_, code), rows in letters[:3])
    (stage, code), _ = letters[0]
    examples = tally.examples.get((stage, code))
    example = f"; for example: {examples[0][3]}" if examples else ""
    return (
        f"{what}: all {read:,} are dead letters ({codes}){example} "
        "(--allow_empty commits such a run)"
    )
