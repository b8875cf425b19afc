"""The options of ``pipelines.nightly``; what it does not know is for ``pipelines.score``."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pipelines.command.options import Options, Words
from pipelines.command.usage import UsageError
from pipelines.command.values import checked, integer, parsed, path, text
from pipelines.score.options import ScoreOptions

NIGHT = "{night}"
_GIVEN = ("--run_id", "--resume", "--overwrite")
_EPILOG = """\
Every other flag goes to pipelines.score, with each night.

exit codes: 0 every night is committed; 1 one failed: start again; 2 usage, or the last night has no
inputs yet; 3 a gate broke: a person is wanted; 143 and others over 128: stopped by a signal.
"""


def parse_day(day: str) -> datetime.date:
    """``2026-01-31``; raises ``UsageError``."""
    try:
        found = datetime.date.fromisoformat(day)
    except ValueError:
        raise UsageError("write a day as in 2026-01-31") from None
    if found.isoformat() != day:  # later Pythons read more forms than are folders' names
        raise UsageError("write a day as in 2026-01-31")
    return found


def expect_night(pattern: str) -> None:
    """Raise ``UsageError`` where a path does not say where in it the night stands."""
    if pattern.count(NIGHT) != 1:
        raise UsageError(f"write {NIGHT} once, where the day stands, as in /items/dt={NIGHT}")


@dataclass(frozen=True, kw_only=True)
class Nights(Options):
    """Which nights are looked at."""

    TITLE = "nights"

    input: Annotated[str, checked(expect_night, "PATH")] | None = None
    """where a night's records are, {night} standing for its day: /items/dt={night}, local or gs://"""
    output: Annotated[str, path("DIR")] = "runs"
    """where the runs go; a night's is run_id=YYYY-MM-DD (default: %(default)s/)"""
    until: Annotated[datetime.date, parsed(parse_day, "DAY")] | None = None
    """the last night (default: yesterday, UTC)"""
    look_back: Annotated[int, integer(1, 3660, shown="DAYS")] = 14
    """nights that are looked at, the last one included; older ones without a run are named
    (default: %(default)s)"""
    night: Annotated[datetime.date, parsed(parse_day, "DAY")] | None = None
    """this night alone"""


@dataclass(frozen=True, kw_only=True)
class Late(Options):
    """What is done about a night whose inputs grew after its commit."""

    late: Literal["report", "overwrite"] = "report"
    """records that came after a night's commit: say so, or score the night again in its place
    (default: %(default)s)"""


@dataclass(frozen=True, kw_only=True)
class Report(Options):
    """Who is told."""

    TITLE = "report"

    alert: Annotated[str, text("COMMAND")] = ""
    """run this where a night is not committed, with the report on its standard input; words are
    split as a shell does, and no shell runs it"""
    dry_run: bool = False
    """say which nights would be scored, and score none"""
    verbose: bool = False
    """let Beam and TensorFlow talk"""
    log_format: Literal["text", "json"] = "text"
    """json: all that is said of nights and by their runs is a line of JSON"""


@dataclass(frozen=True, kw_only=True)
class NightlyOptions(Nights, Late, Report):
    """Every option of the command."""

    NAME = "nightly"
    DESCRIPTION = (
        "Score every night that has inputs and no committed run, oldest first, and say which. "
        "Starting it again does no harm: a night that is committed is left alone."
    )
    EPILOG = _EPILOG
    WORDS = Words(made="night")

    def check(self) -> None:
        """What flags ask of each other; raises ``UsageError``."""
        if self.input is None:
            raise UsageError(
                f"--input is missing: give the nights' folder, as in /items/dt={NIGHT}"
            )
        if self.night and self.until:
            raise UsageError("--night is one night and --until the last of several: give one")
        super().check()


def parse(argv: Sequence[str] | None) -> tuple[NightlyOptions, list[str]]:
    """Checked options, and the flags of ``pipelines.score``.

    Raises:
        UsageError: one of them cannot be used.
    """
    options, rest = NightlyOptions.parse(argv)
    for flag in _GIVEN:
        if any(word.split("=", 1)[0] == flag for word in rest):
            raise UsageError(f"{flag} is given to each night by this command: leave it out")
    rest += ["--verbose"] if options.verbose else []
    rest += ["--log_format", options.log_format]
    ScoreOptions.parse(rest)
    return options, rest
