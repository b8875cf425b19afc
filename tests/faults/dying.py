"""A process that dies before its n-th file operation or request, for each n there is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

_FILES = ("open", "os.", "shutil.", "moderation.exchange")
_CHANGES = (b"POST ", b"PUT ", b"PATCH ", b"DELETE ")
_DIED = 77
Place = TypeVar("Place")


def deaths(
    work: Callable[[Place], object],
    prepared: Callable[[int], Place],
    counts: Callable[[Place, str, tuple[Any, ...]], bool],
) -> Iterator[Place]:
    """Do a piece of work again and again, killed one operation later each time.

    Args:
        work: is done in a forked process, which ends without a last word.
        prepared: makes the place of the n-th time.
        counts: whether an audit event, with its arguments, is an operation on the place.

    Yields:
        The place, once the process is dead; the last one is of work that was done to its end.
    """
    for number in range(1, 10_000):
        place = prepared(number)
        code = in_a_process(partial(_worked, work, place, number, partial(counts, place)))
        assert code in (0, _DIED), f"at operation {number} it ended with {code}"
        yield place
        if code == 0:
            return


def in_a_process(work: Callable[[], object]) -> int:
    """Do a piece of work in a forked process; 0 where it was done, 1 where it raised."""
    _, status = os.waitpid(forked(work), 0)
    return os.waitstatus_to_exitcode(status)


def forked(work: Callable[[], object]) -> int:
    """Begin a piece of work in a forked process; the process's id."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            print(f"{error!r}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return child


def files_below(folder: Path, event: str, arguments: tuple[Any, ...]) -> bool:
    """Whatever is done to a file in a folder."""
    return event.startswith(_FILES) and any(str(each).startswith(str(folder)) for each in arguments)


def changing_requests(_: object, event: str, arguments: tuple[Any, ...]) -> bool:
    """Requests that may change something: a death before another one leaves the same."""
    return event == "http.client.send" and bytes(arguments[1]).startswith(_CHANGES)


def _worked(
    work: Callable[[Place], object],
    place: Place,
    number: int,
    counts: Callable[[str, tuple[Any, ...]], bool],
) -> None:
    _die_at(number, counts)
    work(place)


def _die_at(number: int, counts: Callable[[str, tuple[Any, ...]], bool]) -> None:
    left = number

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if counts(event, arguments):
            left -= 1
            if left == 0:
                os._exit(_DIED)

    sys.addaudithook(hook)
