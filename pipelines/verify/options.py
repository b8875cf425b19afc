"""The options of ``pipelines.verify``: declared, checked and explained without Beam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pipelines.command.options import Options
from pipelines.command.values import folders, integer
from pipelines.command.without_beam import Version

_EPILOG = """\
exit codes: 0 done; 1 failed: a run has a fault, or could not be read to its end; 2 usage: there is
no such run, or a flag cannot be used.
"""


@dataclass(frozen=True, kw_only=True)
class Runs(Options):
    """What is looked through."""

    TITLE = "runs"

    runs: Annotated[tuple[str, ...], folders("RUN")] = ()
    """run directories of any job, local or gs://; patterns too, as in 'runs/run_id=*'"""


@dataclass(frozen=True, kw_only=True)
class Told(Options):
    """What the terminal shows."""

    TITLE = "terminal"

    max_faults: Annotated[int, integer(1)] = 20
    """name so many faults of a run; the rest is counted (default: %(default)s)"""


@dataclass(frozen=True, kw_only=True)
class VerifyOptions(Runs, Told, Version):
    """Every option of the command."""

    NAME = "verify"
    DESCRIPTION = (
        "Check committed runs again: that every file is there with its bytes and its rows, that "
        "every row fits its schema, and that the books add up. Nothing is changed."
    )
    EPILOG = _EPILOG
