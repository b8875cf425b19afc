"""The options of ``pipelines.verify``: declared, checked and explained without Beam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pipelines.command.options import Options
from pipelines.command.parser import VersionFlag
from pipelines.command.usage import UsageError, unknown_word
from pipelines.command.values import folders, integer

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

    ACTIONS: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "--version": {
            "action": VersionFlag,
            "help": "print the versions of the project and of Beam",
        }
    }


@dataclass(frozen=True, kw_only=True)
class VerifyOptions(Runs, Told):
    """Every option of the command."""

    NAME = "verify"
    DESCRIPTION = (
        "Check committed runs again: that every file is there with its bytes and its rows, that "
        "every row fits its schema, and that the books add up. Nothing is changed."
    )
    EPILOG = _EPILOG


def parse(argv: Sequence[str] | None) -> VerifyOptions:
    """The options, checked; raises ``UsageError`` for a flag that nobody knows."""
    options, rest = VerifyOptions.parse(argv)
    if rest:
        raise UsageError(unknown_word(rest[0], ours=VerifyOptions.parser().flags))
    return options
