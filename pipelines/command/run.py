"""From a command line to an exit code. Light: Beam is loaded by ``make_job``, after the flags."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol

from moderation.images.references.printing import safe_message
from moderation.logs.lines import Source
from moderation.logs.process import json_line, write_json
from pipelines.command import ending, stopping
from pipelines.command.option_groups import Terminal
from pipelines.command.parser import BeamHelpWanted
from pipelines.command.usage import UsageError

DONE, FAILED, USAGE, GATE = 0, 1, 2, 3


class Talks(Protocol):
    """A command's options, as far as they say how it talks."""

    NAME: ClassVar[str]

    @property
    def log_format(self) -> str:
        """``text`` or ``json``."""

    @property
    def verbose(self) -> bool:
        """Whether libraries talk, too."""


def run(command: type[Terminal], make_job: Callable[[], Any], argv: Sequence[str] | None) -> int:
    """A command from its flags to its exit code.

    Args:
        command: its options.
        make_job: imports what the job is made of; gives a ``launch.Job``.
        argv: None: the process's own.
    """
    since = time.monotonic()
    if argv is None:
        stopping.begin()
    try:
        options, beam_flags = command.parse(argv)
    except BeamHelpWanted:
        return say(make_job().beam_help(), DONE)
    except UsageError as error:
        _, rest = command.parser().parse_known_args(argv)
        unknown = make_job().unknown(rest) if rest else None
        return say(f"{command.NAME}: error: {unknown or error}", USAGE)
    ending.quieten(options.verbose)
    begin_logs(options)
    if not options.no_progress:
        remark(f"{command.NAME}: loading Beam, then checking flags and inputs …")
    code: int = make_job().launch(options, beam_flags, since=since)
    return code


def begin_logs(options: Talks, run_id: str | None = None) -> Source | None:
    """From here on all that is said is JSON, with the run's id, if that was asked for."""
    if options.log_format != "json":
        return None
    source = Source(options.NAME, run_id)
    write_json(source, verbose=options.verbose)
    return source


def say(text: str, code: int) -> int:
    """The last word, on stdout, or with a code of trouble on stderr; gives the code back."""
    line = json_line(text.strip(), level=logging.ERROR if code else logging.INFO, exit_code=code)
    told = line or (safe_message(text) if code else text)
    print(told, file=sys.stderr if code else sys.stdout, flush=True)
    return code


def remark(text: str, *, level: int = logging.INFO) -> None:
    """A word on the way, on stderr."""
    sys.stderr.write(f"{json_line(text, level=level) or safe_message(text)}\n")
    sys.stderr.flush()
