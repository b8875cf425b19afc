"""From a command line to an exit code. Light: Beam is loaded by ``make_job``, after the flags."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from moderation.images.references.printing import safe_message
from pipelines.command import ending, stopping
from pipelines.command.option_groups import Terminal
from pipelines.command.parser import BeamHelpWanted
from pipelines.command.usage import UsageError

DONE, FAILED, USAGE, GATE = 0, 1, 2, 3


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
    if not options.no_progress:
        _announce(command.NAME)
    ending.quieten(options.verbose)
    code: int = make_job().launch(options, beam_flags, since=since)
    return code


def _announce(name: str) -> None:
    """The first word, before libraries that take seconds to load."""
    sys.stderr.write(f"{name}: loading Beam, then checking flags and inputs …\n")
    sys.stderr.flush()


def say(text: str, code: int) -> int:
    """The text on stdout, or with a code of trouble on stderr; gives the code back."""
    print(safe_message(text) if code else text, file=sys.stderr if code else sys.stdout)
    return code
