"""Memory that two processes see, and no folder does.

An anonymous file of the kernel's: nothing of it lies in ``/dev/shm``, whose size containers bound,
and nothing is left of it once both processes are gone, however they went.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import tempfile

PAYLOAD_AT = 4096
"""Sizes and places are rounded up to this."""
_STREAMS = 3
_LEAST = 1 << 20
_KEPT = 4 << 20
"""Bytes that stay allocated between two calls."""


def rounded(size: int) -> int:
    """Up to whole pages."""
    return -(-size // PAYLOAD_AT) * PAYLOAD_AT


class Slot:
    """A mapping of a shared file; each side has one over the same descriptor."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.size = 0
        self._map: mmap.mmap | None = None

    @classmethod
    def made(cls) -> Slot:
        """A new one, for the side that says how large it is."""
        return cls(anonymous_file())

    def grow(self, size: int) -> None:
        """Make it hold ``size`` bytes. It never shrinks: who still looks at its end would die.

        Raises ``OSError`` where there is no room.
        """
        if size > self.size:
            size = max(_LEAST, rounded(size), min(2 * self.size, size + _KEPT))
            _enlarge(self.descriptor, size)
            self.look(size)

    def look(self, size: int) -> None:
        """Map its first ``size`` bytes, which there are."""
        if size != self.size:
            if self._map is not None:  # both at once may be more than a limit allows
                self._map.close()
                self._map = None
            self._map, self.size = mmap.mmap(self.descriptor, size), size

    def read(self, start: int, size: int) -> bytes:
        """A copy of a part."""
        return b"" if self._map is None else self._map[start : start + size]

    def write(self, start: int, data: bytes) -> None:
        """Copy into a part."""
        if data and self._map is not None:
            self._map[start : start + len(data)] = data

    def give_back(self) -> None:
        """Let go of the memory that only a large call needed."""
        if self._map is not None and self.size > _KEPT and hasattr(mmap, "MADV_REMOVE"):
            with contextlib.suppress(OSError):  # a file system that cannot keeps the pages
                self._map.madvise(mmap.MADV_REMOVE, _KEPT, self.size - _KEPT)

    def close(self) -> None:
        """Unmap and let go. Once."""
        if self._map is not None:
            self._map.close()
            self._map = None
        os.close(self.descriptor)


def anonymous_file() -> int:
    """A descriptor of a file without a name, which can grow and not shrink."""
    if not hasattr(os, "memfd_create"):
        with tempfile.TemporaryFile() as file:  # has no name either
            return beyond_standard(os.dup(file.fileno()))
    import fcntl

    made = os.memfd_create("pictures", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    descriptor = beyond_standard(made)
    # Nobody can shorten it under the other's feet, which would be a signal for the other.
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
    return descriptor


def beyond_standard(descriptor: int) -> int:
    """The same file under a number that is no standard stream's; the given one is closed.

    Where a process was started with a stream closed, the next file takes its number, and a child's
    own stream would be put over it.
    """
    import fcntl

    try:
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _STREAMS)
    finally:
        os.close(descriptor)


def _enlarge(descriptor: int, size: int) -> None:
    if hasattr(os, "memfd_create") or not hasattr(os, "posix_fallocate"):
        os.ftruncate(descriptor, size)
    else:  # on a disk that is full, here is the place to hear of it
        os.posix_fallocate(descriptor, 0, size)
