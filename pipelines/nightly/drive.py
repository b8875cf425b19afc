"""Nights scored one after the other, each by a process of its own, and what became of them."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from moderation.runs.directory import RunDirectory
from pipelines.command.run import DONE, FAILED, GATE, USAGE
from pipelines.nightly.nights import Night, State

Score = Callable[[Sequence[str]], int]
"""``pipelines.score`` with these words; its exit code, negative where a signal ended it."""
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A night that was scored, or was to be."""

    night: Night
    code: int

    def line(self) -> str:
        """One for the report: what became of it, and which page says more."""
        told = f"{self.night.day}  {self._told()}"
        return f"{told} ({self.night.why})" if self.night.why else told

    def _told(self) -> str:
        directory, was = self.night.directory, self.night.state.value
        if self.code == DONE:
            return f"committed, was {was}: {directory.file('audit.html')}"
        if self.code == GATE and (page := _refusal(directory)):
            return f"NOT COMMITTED, a gate broke: {page}"
        if self.night.state is State.NO_INPUTS:
            return f"NOT SCORED, no inputs: {self.night.inputs}"
        return f"NOT COMMITTED, {_how(self.code)}: {directory.path}"


def _refusal(directory: RunDirectory) -> str:
    with contextlib.suppress(OSError, ValueError):
        if refused := directory.refused():
            manifest, folder = refused
            return f"{manifest['refusal']}; see {folder}/audit.html"
    return ""


def _how(code: int) -> str:
    if code < 0:
        return f"ended by {signal.Signals(-code).name}, start it again and it goes on"
    words = {FAILED: "failed, start it again and it goes on", USAGE: "a flag or an input is wrong"}
    return words.get(code, f"ended with {code}")


@dataclass(slots=True)
class ScoreProcess:
    """Runs ``python -m pipelines.score``; a signal to this process is one to that."""

    command: tuple[str, ...] = (sys.executable, "-m", "pipelines.score")
    stopped: int = 0
    """The signal that came; 0: none."""
    _child: Any = field(default=None, repr=False)

    def __call__(self, words: Sequence[str]) -> int:
        """Score a night; ends once the process has ended."""
        self._child = subprocess.Popen([*self.command, *words])
        self._pass_on()  # one that came while it was being started
        return int(self._child.wait())

    @contextlib.contextmanager
    def heeding(self) -> Iterator[None]:
        """While the block runs, a signal stops the night under way and those after it."""
        former = {number: signal.signal(number, self._stop) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _stop(self, number: int, _: Any) -> None:
        self.stopped = number
        self._pass_on()

    def _pass_on(self) -> None:
        if self.stopped and self._child is not None and self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child.pid, self.stopped)


def score_nights(
    nights: Sequence[Night],
    flags: Sequence[str],
    *,
    score: Score,
    output: str,
    stopped: Callable[[], int] = lambda: 0,
) -> Iterator[Outcome]:
    """Score nights in their order. One that fails holds up none behind it.

    Args:
        nights: the oldest first.
        flags: for ``pipelines.score``, with each.
        score: carries one out.
        output: where the runs go.
        stopped: the signal that ended a night, after which none is begun.
    """
    for night in nights:
        if stopped():
            return
        if night.state is State.NO_INPUTS:
            yield Outcome(night, USAGE)
            continue
        again = "--overwrite" if night.state is State.LATE else "--resume"
        place = ["--input", night.inputs, "--output", output, "--run_id", night.day.isoformat()]
        yield Outcome(night, score([*flags, *place, again]))


def worst(outcomes: Sequence[Outcome]) -> int:
    """The command's exit code: what another start may cure comes before what it cannot."""
    codes = {FAILED if each.code < 0 else each.code for each in outcomes}
    return next((code for code in (FAILED, GATE, USAGE) if code in codes), max(codes, default=DONE))


def tell(alert: str, report: str) -> str:
    """Run the alert with the report on its standard input; what went wrong, else empty."""
    try:
        done = subprocess.run(shlex.split(alert), input=report, text=True, check=False, timeout=120)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return f"--alert could not be run: {error}"
    return f"--alert ended with {done.returncode}" if done.returncode else ""
