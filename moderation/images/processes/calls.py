"""What a child process is asked for, what it gives, and how it may fail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may cost its process."""

    memory_bytes: int
    """Address space beside what the idle child takes; held on Linux."""
    processor_s: float
    """Of the processor: a machine that is busy with other things takes nothing from it."""
    clock_s: float
    """By the clock, for what waits and does not work."""


class Job:
    """A function's name and its arguments, made ready once for many calls.

    Args:
        function: ``module:name``. In the child it is called as ``name(data, **arguments)`` and
            returns ``(facts, payload)``: bytes that say what it found, up to a mebibyte, and
            bytes of the call's size at most, or None. Its module should import little: every child
            imports it when it starts.
        arguments: JSON-able.
    """

    __slots__ = ("packed",)

    def __init__(self, function: str, arguments: Mapping[str, Any] | None = None) -> None:
        self.packed = json.dumps([function, dict(arguments or {})]).encode()


@dataclass(frozen=True, slots=True)
class Call:
    """A job, the bytes that it is to read, and its limits."""

    job: Job
    data: bytes
    limits: Limits
    max_payload_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """What a function returned."""

    facts: bytes
    payload: bytes | None
    seconds: float
    """By the clock, the way to the child and back included."""
    processor_ns: int = 0
    """Of the child's processor."""


class ChildError(Exception):
    """A call brought no result; the message says what became of its process."""

    seconds = 0.0
    """By the clock, from the call to here."""


class ChildDiedError(ChildError):
    """The process ended, by a signal or by itself, or lost its speech."""


class ChildTimeoutError(ChildError):
    """The process was ended because it took too long."""


class ChildMemoryError(ChildError):
    """The function asked for more memory than its limit."""


class ChildRaisedError(ChildError):
    """The function raised something else."""


class NoChildError(ChildError):
    """No process can be started here: that is the machine's fault, not the data's."""


class ClosedError(ChildError):
    """The pool was closed."""
