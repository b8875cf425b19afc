"""Gates: when a run's results are not good enough to commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moderation.audit.images import listed, missing, remedy
from moderation.audit.tally import Tally


@dataclass(frozen=True, slots=True)
class Gates:
    """Limits that a run must keep."""

    max_dead_letter_ratio: float = 1.0
    """Dead-lettered rows per row read, at most."""
    allow_empty: bool = False
    """Whether a run over no rows at all may commit."""
    max_missing_image_ratio: float = 1.0
    """Images that could not be had per image that was wanted, at most."""

    def broken(self, tally: Tally, read: int) -> str | None:
        """Why the run must not be committed; None where every gate holds."""
        if read == 0:
            return None if self.allow_empty else "no rows were read: the inputs are empty"
        dead = tally.of("account").get("dead_lettered", 0)
        if dead > self.max_dead_letter_ratio * read:
            return (
                f"{dead:,} of {read:,} rows are dead letters ({dead / read:.1%}), over the "
                f"failure budget --max_dead_letter_ratio {self.max_dead_letter_ratio:g}"
            )
        return None

    def images_lost(self, found: Mapping[str, int]) -> str | None:
        """Why a run with these image outcomes must not be committed; None where it may be."""
        wanted, lost = sum(found.values()), missing(found)
        if lost <= self.max_missing_image_ratio * wanted:
            return None
        hint = f": {hint}" if (hint := remedy(found)) else ""
        return (
            f"{lost:,} of {wanted:,} images could not be had ({lost / wanted:.1%}: "
            f"{listed({k: v for k, v in found.items() if k != 'ok'})}), over the budget "
            f"--max_missing_image_ratio {self.max_missing_image_ratio:g}{hint}"
        )
