"""A run that is killed again and again: what was judged stays judged, and it ends whole."""

from __future__ import annotations

import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.forks import Before, Child
from tests.faults.nights import Night, each_once, outcomes, records, sound, verdicts, write

KILLS = 5
ROWS = 110
MOMENTS = {
    "anywhere": ("", 90),
    "in a flush": (r"/journal/[0-9a-f]{32}", 5),
    "in the commit": (r"runs/\.?run_id=t[^/]*/(verdicts|audit|manifest)", 40),
}
"""From which file on operations count, and up to how many of them."""


@dataclass
class Chain:
    """Starts of one run, one after the other killed."""

    night: Night
    random: random.Random
    sources: list[Path]
    committed: Path | None = None
    """Whose rows the run has that can be read."""
    known: dict[str, str] = field(default_factory=dict)
    kills: int = 0

    def kill(self, moment: str) -> None:
        """One start, that dies at the moment or is over before it."""
        source, flags = self.source(), ["--overwrite"] * bool(self.committed)
        since, most = MOMENTS.get(moment, ("", 0))
        number = self.random.randint(1, most) if most else 0
        before: list[Before] = []
        if most:
            given = {"folder": str(self.night.output), "number": number, "since": since}
            before = [("tests.faults.moments:die_at", given)]
        child = self.night.start(source, flags=flags, before=before)
        if not most:
            _sleep_unless_over(child, self.random.uniform(0.3, 2.5))
            child.signal(signal.SIGKILL)
        code = child.wait()
        assert code in (0, -signal.SIGKILL), child.told
        assert child.gone(), "what it started goes on without it"
        self.kills += code != 0
        self.look(source, code)

    def source(self) -> Path:
        """A run that replaces another is over other rows."""
        return self.sources[self.committed == self.sources[0]]

    def look(self, source: Path, code: int) -> None:
        """What holds after every death."""
        run = self.night.run()
        if (run / "_SUCCESS").exists():
            found = outcomes(run)
            assert found in [each_once(each) for each in (self.committed, source) if each]
            if found == each_once(source) and (code == 0 or source != self.committed):
                self.committed, self.known = source, {}
        else:
            assert self.committed is None
            assert code != 0
        now = self.night.journal()
        judged = [entry.split()[1] for entry in now if entry not in self.known]
        before = {entry.split()[1] for entry in self.known}
        assert before.isdisjoint(judged), "an item of the journal was scored again"
        self.known.update(now)


def _sleep_unless_over(child: Child, seconds: float) -> None:
    end = time.monotonic() + seconds
    while child.alive and time.monotonic() < end:
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(10))
def test_a_run_killed_five_times_goes_on_with_nothing_lost_doubled_or_scored_twice(
    night: Night, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = [
        write(night.folder / f"{name}.jsonl", records(ROWS, word=name)) for name in ("old", "new")
    ]
    chain = Chain(night, random.Random(seed), sources)
    moments = [*MOMENTS, "in the commit", "at a time"]
    chain.random.shuffle(moments)
    for at in range(3 * KILLS):
        if chain.kills < KILLS:
            chain.kill(moments[at % len(moments)])
    assert chain.kills == KILLS

    source, known = chain.source(), {e.split()[1]: at for e, at in night.journal().items()}
    child = night.start(source, flags=["--overwrite"] * bool(chain.committed))
    assert child.wait() == 0, child.told
    run = night.run()
    assert outcomes(run) == each_once(source)
    assert sound(run), capsys.readouterr().err
    when = {verdict["content_key"]: verdict["scored_at"] for verdict in verdicts(run)}
    kept = known.keys() & when.keys()  # a start that died behind its commit left all of it
    assert {key: when[key] for key in kept} == {key: known[key] for key in kept}
    assert not [each for each in night.output.iterdir() if each != run]
