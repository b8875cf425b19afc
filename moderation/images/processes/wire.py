"""What a parent and its child say to each other: a few numbers, then bytes.

Nothing that a child says is unpickled. They take turns, so a message is the last thing in its pipe.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

_LENGTH = struct.Struct("=I")
_ASKED = struct.Struct("=IQQQQQd")
_ANSWERED = struct.Struct("=IIQQ")
MOST = 1 << 20
"""Bytes of a message; what is larger goes through the slot."""
_AT_ONCE = 1 << 14
DONE, RAISED, NO_MEMORY = range(3)
"""What became of a call."""

Read = Callable[[int], bytes]
"""Up to so many bytes, at least one; none where the other side is gone."""


class WireError(Exception):
    """What came is no message."""


class Asked(NamedTuple):
    """A call."""

    size: int
    """Bytes of the data, which is at the start of the slot."""
    payload_at: int
    room: int
    """Where in the slot a payload goes, and how many bytes of it."""
    slot: int
    """Bytes."""
    memory: int
    processor_s: float
    job: bytes

    def packed(self) -> bytes:
        """As it is sent."""
        return _ASKED.pack(_ASKED.size + len(self.job), *self[:-1]) + self.job


class Answered(NamedTuple):
    """What became of a call."""

    ending: int
    size: int
    """Bytes of the payload."""
    told: bytes
    processor_ns: int = 0
    """That the call took."""

    def packed(self) -> bytes:
        """As it is sent."""
        length = _ANSWERED.size + len(self.told)
        return _ANSWERED.pack(length, self.ending, self.size, self.processor_ns) + self.told


def asked(read: Read) -> Asked | None:
    """The next call; None where the parent is gone."""
    message = _message(read)
    if message is None:
        return None
    _, size, payload_at, room, slot, memory, processor_s = _ASKED.unpack_from(message)
    return Asked(size, payload_at, room, slot, memory, processor_s, message[_ASKED.size :])


def answered(read: Read) -> Answered | None:
    """The answer to a call; None where the child is gone. Raises ``WireError``."""
    message = _message(read)
    if message is None:
        return None
    if len(message) < _ANSWERED.size:
        raise WireError("no answer")
    _, ending, size, processor_ns = _ANSWERED.unpack_from(message)
    return Answered(ending, size, message[_ANSWERED.size :], processor_ns)


def _message(read: Read) -> bytes | None:
    found = read(_AT_ONCE)
    while len(found) < (whole := _whole(found)):
        more = read(whole - len(found)) if found else b""
        if not more:
            return None
        found += more
    return found


def _whole(found: bytes) -> int:
    if len(found) < _LENGTH.size:
        return _LENGTH.size
    (length,) = _LENGTH.unpack_from(found)
    if length > MOST:
        raise WireError("a message that is too long")
    return int(length)
