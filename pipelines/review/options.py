"""The options of ``pipelines.review``: declared, checked and explained without Beam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pipelines.command.option_groups import Door
from pipelines.command.options import Options
from pipelines.command.usage import UsageError
from pipelines.command.values import folder, integer, number, text
from pipelines.command.without_beam import Version

_EPILOG = """\
The page is served at 127.0.0.1 alone, to who has the link that is printed. Every decision is on the
disk before the next item is shown: stop it as you like, and start it again to go on.

exit codes: 0 done; 1 failed; 2 usage: the run cannot be reviewed, the decisions file is another
server's or is broken, a flag cannot be used.
"""


@dataclass(frozen=True, kw_only=True)
class Queue(Options):
    """What is reviewed."""

    TITLE = "review"

    run: Annotated[str, folder("RUN")] = ""
    """a committed run of pipelines.score, local or gs://"""
    decisions: Annotated[str, text("FILE")] | None = None
    """where decisions are appended, on this machine; default: decisions/ID.jsonl beside the run, of
    a run in a store in the working directory"""
    second_opinions: Annotated[float, number(0, 1, "R")] = 0.0
    """share of the items that a second reviewer decides too, without being told (default:
    %(default)g)"""


@dataclass(frozen=True, kw_only=True)
class Served(Options):
    """Where the page is."""

    TITLE = "page"

    port: Annotated[int, integer(0, 65535)] = 0
    """of the page on 127.0.0.1 (default: a free one)"""


@dataclass(frozen=True, kw_only=True)
class ReviewOptions(Queue, Door, Served, Version):
    """Every option of the command."""

    NAME = "review"
    DESCRIPTION = (
        "Let people decide on a run's review queue in the browser, one item at a time. Decisions "
        "go to a file that pipelines.export takes."
    )
    EPILOG = _EPILOG

    def check(self) -> None:
        """What flags ask of each other; raises ``UsageError``."""
        if self.decisions and "://" in self.decisions:
            raise UsageError(
                f"--decisions {self.decisions!r}: a store has no file that lines are added to: "
                "name one on this machine, and copy it there"
            )
        super().check()
