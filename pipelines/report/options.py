"""The options of ``pipelines.report``: declared, checked and explained without Beam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pipelines.command.options import Options
from pipelines.command.usage import UsageError
from pipelines.command.values import folders, path
from pipelines.command.without_beam import Version

_EPILOG = """\
exit codes: 0 done; 1 failed: something could not be read or written; 2 usage: there are no runs, or
a flag cannot be used.
"""


@dataclass(frozen=True, kw_only=True)
class Runs(Options):
    """What is laid side by side."""

    TITLE = "runs"

    runs: Annotated[tuple[str, ...], folders("RUNS_DIR")] = ()
    """the folder that pipelines.score writes to (its --output), local or gs://"""
    decisions: Annotated[tuple[str, ...], path("PATH")] = ()
    """what people decided, as pipelines.export takes it: tells how often they agree with the flags;
    may be repeated"""


@dataclass(frozen=True, kw_only=True)
class Page(Options):
    """What is written."""

    TITLE = "report"

    output: Annotated[str, path("FILE")] = "nights.html"
    """the page; the same as JSON goes beside it, as nights.json (default: %(default)s)"""


@dataclass(frozen=True, kw_only=True)
class ReportOptions(Runs, Page, Version):
    """Every option of the command."""

    NAME = "report"
    DESCRIPTION = (
        "Lay the runs of a folder side by side: volume, flag rates, dead letters, drift from night "
        "to night, what people say, changes of model and policy, cost. Runs are read, not changed."
    )
    EPILOG = _EPILOG

    def check(self) -> None:
        """One folder, and a page's name; raises ``UsageError``."""
        if len(self.runs) > 1:
            raise UsageError(
                f"one folder of runs is reported at a time, and {self.runs[1]!r} is given too"
            )
        if not self.output.endswith(".html"):
            raise UsageError(f"--output {self.output!r}: name the page, as in nights.html")
        super().check()
