"""Any sequence of starts, deaths, resumes, replacements, re-drives and reuse: one outcome a row."""

from __future__ import annotations

import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    rule,
    run_state_machine_as_test,
)

from tests.faults.forks import Before, Forks
from tests.faults.nights import (
    Night,
    Outcomes,
    each_once,
    letters,
    outcomes,
    records,
    sound,
    verdicts,
    write,
)
from tests.faults.test_kills import MOMENTS

LINES = [*records(28), *records(4)]
rows = st.lists(st.sampled_from(LINES), min_size=1, max_size=20)
deaths = st.none() | st.sampled_from(sorted(MOMENTS.values())).flatmap(
    lambda moment: st.tuples(st.just(moment[0]), st.integers(1, moment[1]))
)
Death = tuple[str, int] | None
"""From which file on operations count, and before which of them a process dies."""


@dataclass(eq=False)
class Run:
    """A run as it should be."""

    run_id: str
    source: Path
    wanted: Outcomes
    flags: tuple[str, ...] = ()
    committed: bool = False
    former: Outcomes | None = None
    """What it has until it is replaced."""
    parent: Run | None = None
    driven: bool = False


class Sequences(RuleBasedStateMachine):
    """Runs below one output."""

    forks: Forks
    model: str
    folders: list[Path]

    runs = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        folder = self.folders[0] / str(len(list(self.folders[0].iterdir())))
        folder.mkdir()
        self.night = Night(self.forks, folder, self.model, slice_rows=8)
        self.all: list[Run] = []

    @rule(target=runs, lines=rows, death=deaths, known=st.booleans())
    def begin(self, lines: list[str], death: Death, known: bool) -> Run:
        """A run over new rows, perhaps with what earlier ones judged."""
        flags = ("--reuse", "latest") * self._reuses(known)
        run = self._new(self._written([LINES[0], *lines]), flags)
        run.wanted = each_once(run.source)
        return self._start(run, death)

    @rule(run=runs, death=deaths)
    def go_on(self, run: Run, death: Death) -> None:
        """The same start again; of a committed run it changes nothing."""
        self._start(run, death, "--resume")

    @rule(run=runs, lines=rows, death=deaths)
    def replace(self, run: Run, lines: list[str], death: Death) -> None:
        """Other rows for a run whose letters nobody drove."""
        if run.committed and not (run.driven or run.parent):
            run.source, run.former = self._written([LINES[0], *lines]), run.wanted
            run.wanted, run.committed = each_once(run.source), False
            run.flags = ("--overwrite",)
            self._start(run, death)

    @rule(target=runs, parent=runs, death=deaths)
    def drive(self, parent: Run, death: Death) -> Run:
        """The letters of a run, once."""
        if parent.driven or not parent.committed or not letters(self._path(parent)):
            return parent
        parent.driven = True
        run = self._new(self._path(parent) / "dead_letters", ("--redrive", "all", "--allow_empty"))
        told = letters(self._path(parent))
        run.wanted = Counter((Path(each["source"]).name, each["row"]) for each in told)
        run.parent = parent
        return self._start(run, death)

    def teardown(self) -> None:
        """Every run is brought to its end, and all rows of a chain of runs are there once."""
        for run in self.all:
            if not run.committed:
                self._start(run, None)
                assert run.committed
            assert sound(self._path(run))
        for run in self.all:
            if run.parent and not run.driven:
                chain = [run]
                while chain[-1].parent:
                    chain.append(chain[-1].parent)
                told = [each for one in chain for each in verdicts(self._path(one))]
                told += letters(self._path(run))
                found = Counter((Path(each["source"]).name, each["row"]) for each in told)
                assert found == chain[-1].wanted

    def _start(self, run: Run, death: Death, *flags: str) -> Run:
        before: list[Before] = []
        if death:
            given = {"folder": str(self.night.output), "number": death[1], "since": death[0]}
            before = [("tests.faults.moments:die_at", given)]
        if run.former is not None:
            flags = ()
        child = self.night.start(
            run.source, flags=[*run.flags, *flags], run_id=run.run_id, before=before
        )
        code = child.wait()
        assert code in (0, -signal.SIGKILL), child.told
        path = self._path(run)
        if (path / "_SUCCESS").exists():
            found = outcomes(path)
            assert found in (run.wanted, run.former)
            run.committed = code == 0 or (found == run.wanted and run.former is None)
            if run.committed:
                assert found == run.wanted
                run.former, run.flags = None, tuple(f for f in run.flags if f != "--overwrite")
        else:
            assert code != 0
            assert run.former is None
        return run

    def _reuses(self, known: bool) -> bool:
        return known and any(run.committed for run in self.all)

    def _new(self, source: Path, flags: tuple[str, ...]) -> Run:
        self.all.append(Run(f"r{len(self.all)}", source, Counter(), flags))
        return self.all[-1]

    def _written(self, lines: list[str]) -> Path:
        name = f"rows{len(list(self.night.folder.glob('rows*')))}.jsonl"
        return write(self.night.folder / name, lines)

    def _path(self, run: Run) -> Path:
        return self.night.run(run.run_id)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_any_sequence_ends_with_one_outcome_a_row(forks: Forks, model: str, tmp_path: Path) -> None:
    given = {"forks": forks, "model": model, "folders": [tmp_path]}
    machine = type("Sequences", (Sequences,), given)
    run_state_machine_as_test(machine, settings=settings(max_examples=6, stateful_step_count=6))
