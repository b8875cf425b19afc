"""The proof that a process other than the training's scores a bundle as the network did.

Loading TensorFlow takes as long as a small training's epochs. So a process may be forked when it is
loaded and nothing was done with it, before there is anything else of a training; it waits for the
bundle. Elsewhere a new interpreter is started when the bundle is there.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import traceback
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, ForkServerContext
from pathlib import Path

from moderation.training.errors import TrainingError

_TIMEOUT_S = 900
_LINES_TOLD = 12


def prove(bundle: Path, kind: str) -> None:
    """Loads the bundle in a new interpreter, which checks its golden items.

    Raises:
        TrainingError: it does not load there, or scores otherwise.
    """
    command = [sys.executable, "-m", "moderation.training.open_bundle", str(bundle), kind]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    if done.returncode:
        raise _refuted(done.stderr)


class Waiting:
    """A process that waits to prove a bundle, and ends with this one, however this one ends."""

    def __init__(self, context: ForkContext | ForkServerContext | None = None) -> None:
        """Fork it: TensorFlow may be imported, but nothing may have been done with it.

        Where ``context`` is a fork server's, that holds for the server.
        """
        context = context or multiprocessing.get_context("fork")
        there, self._here = context.Pipe(duplex=False)
        self._process = context.Process(target=_wait, args=(there, self._here), daemon=True)
        self._process.start()
        there.close()

    def prove(self, bundle: Path, kind: str) -> None:
        """As :func:`prove`, once."""
        said = bundle.with_name(f"{bundle.name}.said")
        said.write_text("", encoding="utf-8")
        try:
            with contextlib.suppress(OSError):  # it was killed: its exit code says so
                self._here.send((str(bundle), kind, str(said)))
            self._here.close()
            self._process.join(_TIMEOUT_S)
            self._process.kill()
            self._process.join()
            if code := self._process.exitcode:
                ended = f"(the process ended with {code})" if code < 0 else ""
                raise _refuted(f"{said.read_text(encoding='utf-8', errors='replace')}\n{ended}")
        finally:
            said.unlink()


def _refuted(said: str) -> TrainingError:
    told = [line for line in said.splitlines() if line.strip()]
    return TrainingError(
        "the exported model does not score as the trained one in a fresh process:\n"
        + "\n".join(told[-_LINES_TOLD:])
    )


def _wait(there: Connection, here: Connection) -> None:
    """The other process: its end is ours, an open ``here`` would keep it from seeing the end."""
    here.close()
    signal.set_wakeup_fd(-1)
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_DFL)
    try:
        bundle, kind, said = there.recv()
    except EOFError:
        return
    file = os.open(said, os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(file, stream)
    code = 1
    try:
        from moderation.training import open_bundle

        code = open_bundle.main(bundle, kind)
    except Exception:
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)
