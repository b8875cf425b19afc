"""Which runs are meant, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from moderation.runs.committed import RunError, match_runs
from moderation.runs.verify import Seen, is_run, verify
from moderation.runs.verify_output import Fault
from pipelines.command.summary_lines import many
from pipelines.command.usage import UsageError

_TIMES = 5


@dataclass(slots=True)
class Looked:
    """A run that was looked through."""

    path: str
    most: int
    """Faults that are kept; the others are counted."""
    seen: Seen = field(default_factory=Seen)
    faults: int = 0
    kept: list[Fault] = field(default_factory=list)

    def take(self, fault: Fault) -> None:
        """Count a fault."""
        self.faults += 1
        if len(self.kept) < self.most:
            self.kept.append(fault)

    def lines(self) -> Iterator[str]:
        """One a fault, and one for the run."""
        yield from (f"{self.path}/{fault}" for fault in self.kept)
        if more := self.faults - len(self.kept):
            yield f"and {many(more, 'further fault')}"
        what = many(self.faults, "fault") if self.faults else "sound"
        seen = f"{many(self.seen.files, 'file')}, {many(self.seen.rows, 'row')}"
        yield f"{self.path}: {what} ({seen})"


def matched(patterns: Iterable[str]) -> list[str]:
    """Each run once, in the order that they were named; raises ``UsageError``."""
    try:
        found = [run for pattern in patterns for run in match_runs(pattern, name="run")]
    except RunError as error:
        raise UsageError(str(error)) from error
    for run in found:
        if not is_run(run):
            raise UsageError(f"{run!r} is no run's directory: name runs, as in {run}/run_id=*")
    return list(dict.fromkeys(found))


def look_through(run: str, *, most: int) -> Looked:
    """Verify one run; again, where another took its place meanwhile."""
    for _ in range(_TIMES):
        looked = Looked(run, most)
        looked.seen = verify(run, looked.take)
        if not looked.seen.replaced:
            break
    return looked
