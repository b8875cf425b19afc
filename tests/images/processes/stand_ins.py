"""Functions that do to their process what a decoder might, and nothing worse. Imports little."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

Answer = tuple[bytes, "bytes | None"]


def do(data: bytes, **arguments: object) -> Answer:
    """What the data says; anything else comes back as it is."""
    word, _, rest = data.decode().partition(" ")
    return _WORDS[word](rest) if word in _WORDS else (data[:1000], data)


def picture(data: bytes, *, target: dict[str, int], **arguments: object) -> Answer:
    """A grey picture of the target's size, unless the data says something else."""
    do(data)
    pixels = bytes([len(data)]) * (3 * target["height"] * target["width"])
    return b"image 5 6 PNG 0", pixels


def _exit(text: str) -> Answer:
    os._exit(int(text))


def _end_by(name: str) -> Answer:
    os.kill(os.getpid(), getattr(signal, name))
    return b"", None


def _sleep(seconds: str) -> Answer:
    time.sleep(float(seconds))
    return b"slept", None


def _spin(seconds: str) -> Answer:
    until = time.thread_time() + float(seconds)
    while time.thread_time() < until:
        pass
    return b"span", None


def _take(mebibytes: str) -> Answer:
    return b"%d" % len(bytearray(int(mebibytes) << 20)), None


def _fail(text: str) -> Answer:
    raise LookupError(text)


def _exit_once(path: str) -> Answer:
    if not os.path.exists(path):
        # Nothing is written to disk here, so a folder it is.
        os.mkdir(path)
        os._exit(9)
    return b"", None


def _modules(text: str) -> Answer:
    return " ".join(sorted(sys.modules)).encode(), None


def _write(path: str) -> Answer:
    Path(path).write_text("something")
    return b"", None


def _fill(mebibytes: str) -> Answer:
    return b"", bytes(int(mebibytes) << 20)


_WORDS = {
    "exit": _exit,
    "end-by": _end_by,
    "sleep": _sleep,
    "spin": _spin,
    "take": _take,
    "fail": _fail,
    "exit-once": _exit_once,
    "modules": _modules,
    "write": _write,
    "fill": _fill,
}
