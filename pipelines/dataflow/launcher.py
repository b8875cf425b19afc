"""What a Flex Template's launcher starts, in the image: the job submitted, never waited for.

Google's launcher gives every parameter and setting as ``--name=value``. What goes from there to
``pipelines.score`` differs in four ways from what a person types:

- a parameter that takes several values has them in one text;
- one that was left empty is not given;
- ``--labels={…}`` are labels of the job, not of a model;
- the launcher waits for this process, and the job does not begin until it has ended.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator, Sequence

from pipelines.command.run import USAGE, say
from pipelines.command.usage import UsageError
from pipelines.dataflow.metadata import parameters, takes_several
from pipelines.score.__main__ import main as score

_SPLITS = re.compile(r"[\s'\"\\]")


def main(argv: Sequence[str] | None = None) -> int:
    """Submit the job; the exit code is that of ``pipelines.score``, and not 0 fails the launch."""
    try:
        flags = as_typed(sys.argv[1:] if argv is None else argv)
    except UsageError as error:
        return say(f"score: error: {error}", USAGE)
    return score(flags)


def as_typed(given: Sequence[str]) -> list[str]:
    """Flags of ``pipelines.score`` and Beam, from those of a launcher; raises ``UsageError``."""
    return [word for each in given for word in _flag(each)] + ["--no_wait_until_finish"]


def _flag(given: str) -> Iterator[str]:
    name, equals, value = given.partition("=")
    parameter = parameters().get(name.removeprefix("--"))
    if name == "--labels" and value.lstrip().startswith("{"):
        yield f"--label={value}"
    elif parameter is None or not equals:
        yield given
    elif takes_several(parameter) and value.strip():
        yield from (name, *_split(name, value))
    elif value:
        yield given


def _split(name: str, value: str) -> list[str]:
    try:
        return shlex.split(value)
    except ValueError as error:
        raise UsageError(f"{name} {value!r}: {error}: quote as on a command line") from None


def joined(values: Sequence[str]) -> str:
    """Several values as one parameter, of which ``as_typed`` makes them again."""
    return " ".join(shlex.quote(each) if _SPLITS.search(each) else each for each in values)
