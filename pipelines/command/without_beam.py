"""Commands that need no engine: from their flags to their exit code."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from pipelines.command import ending, stopping
from pipelines.command.options import Options
from pipelines.command.parser import VersionFlag
from pipelines.command.run import FAILED, USAGE, say
from pipelines.command.usage import UsageError, unknown_word

Given = TypeVar("Given", bound=Options)
UNCHANGED = "nothing was changed; the same command starts anew"


class Version(Options):
    """The flag that such commands have in common."""

    TITLE = "terminal"

    ACTIONS: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "--version": {
            "action": VersionFlag,
            "help": "print the versions of the project and of Beam",
        }
    }


def parse_all(command: type[Given], argv: Sequence[str] | None) -> Given:
    """A command's options, checked; raises ``UsageError`` for a flag that nobody knows."""
    options, rest = command.parse(argv)
    if rest:
        raise UsageError(unknown_word(rest[0], ours=command.parser().flags))
    return options


def run_without_beam(
    command: type[Given],
    work: Callable[[Given], int],
    argv: Sequence[str] | None,
    *,
    stopped: str = UNCHANGED,
) -> int:
    """Does the work and gives its exit code: 1 where it failed, 2 where flags cannot be used.

    Args:
        command: its options.
        work: imports what it needs; gives an exit code.
        argv: None: the process's own.
        stopped: what is safe where somebody stops it.
    """
    if argv is None:
        stopping.begin()
    try:
        options = parse_all(command, argv)
        ending.quieten(verbose=False)
        with stopping.telling(lambda: stopped):
            return work(options)
    except UsageError as error:
        return say(f"{command.NAME}: error: {error}", USAGE)
    except KeyboardInterrupt:
        return say(f"\nstopped: {stopped}", stopping.code_of(signal.SIGINT))
    except Exception as error:  # a store that is down, a folder that is closed
        return say(f"{command.NAME}: failed: {ending.cause(error)}", FAILED)
