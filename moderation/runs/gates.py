"""Gates: when a run's results are not good enough to commit."""

from __future__ import annotations

from dataclasses import dataclass

from moderation.audit.tally import Tally


@dataclass(frozen=True, slots=True)
class Gates:
    """Limits that a run must keep."""

    max_dead_letter_ratio: float = 1.0
    """Dead-lettered rows per row read, at most."""
    allow_empty: bool = False
    """Whether a run over no rows at all may commit."""

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
