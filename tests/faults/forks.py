"""Commands in processes of their own that need not load Beam and TensorFlow first.

``python -m tests.faults.forks`` loads both, uses neither, and forks a process for each line of its
input. What is forked is a command from then on: its arguments, its signals, its output, its group.
What a command needs beyond that is loaded before its first process is forked.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[2]
LOADED = (
    "pipelines.score.job", "pipelines.preprocess.job", "pipelines.verify.look",
    "apache_beam.runners.portability.fn_api_runner.fn_runner",
    "apache_beam.runners.direct.direct_runner", "moderation.images.door",
    "moderation.models.scorer", "moderation.models.assemble", "moderation.audit.page",
    "pyarrow.parquet", "sqlite3", "tensorflow_text",
)  # fmt: skip
BESIDE = {
    "pipelines.export": ("pipelines.export.job",),
    "pipelines.evaluate": ("pipelines.evaluate.job",),
    "pipelines.train": (
        "moderation.training.run", "moderation.training.data",
        "moderation.training.encoders.subwords", "gensim.models.fasttext", "sklearn.metrics",
        "scipy.optimize", "matplotlib.figure", "matplotlib.backends.backend_agg",
    ),
}  # fmt: skip
"""What a command needs besides."""
Before = tuple[str, dict[str, Any]]
"""``module:function`` and its arguments, called in the process before its command."""


@dataclass(eq=False)
class Child:
    """One command that was started."""

    forks: Forks
    pid: int
    folder: Path
    code: int | None = None
    """As ``subprocess`` has it: negative where a signal ended it."""

    def wait(self, timeout_s: float = 120) -> int:
        """Its code. A process that does not end in time is killed, and fails the test."""
        self.forks.listen(lambda: self.code is not None, timeout_s)
        if self.code is None:
            self.kill()
            raise AssertionError(f"no end within {timeout_s} s: {self.told}")
        return self.code

    def signal(self, number: int) -> None:
        """Send it, and it alone, a signal; none where it is over."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL, to it and to all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def kill_once(self, ready: Callable[[], object], timeout_s: float = 120) -> None:
        """SIGKILL as soon as something is there; that it ends before fails the test."""
        end = time.monotonic() + timeout_s
        while not ready():
            assert self.alive, f"it ended before it could be killed: {self.told}"
            assert time.monotonic() < end
            time.sleep(0.002)
        self.signal(signal.SIGKILL)
        self.wait()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        self.forks.listen(lambda: True, 0)
        return self.code is None

    @property
    def told(self) -> str:
        """What it wrote to stderr."""
        return (self.folder / "stderr").read_text(errors="replace")

    @property
    def said(self) -> str:
        """What it wrote to stdout."""
        return (self.folder / "stdout").read_text(errors="replace")

    def gone(self, timeout_s: float = 20) -> bool:
        """Whether nothing that it started is left, at once or soon."""
        end = time.monotonic() + timeout_s
        while self.group() and time.monotonic() < end:
            time.sleep(0.05)
        return not self.group()

    def group(self) -> list[int]:
        """Processes that it started and that still run, in its group."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError, ValueError):
                state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
                pid = int(stat.parent.name)
                if int(group) == self.pid != pid and state != "Z":
                    found.append(pid)
        return found


@dataclass(eq=False)
class Forks:
    """The process that forks, from ``begin`` to ``end``."""

    process: subprocess.Popen[bytes]
    children: dict[int, Child] = field(default_factory=dict)
    _rest: bytes = b""
    _started: list[int] = field(default_factory=list)

    @classmethod
    def begin(cls) -> Forks:
        """Start it and wait until everything is loaded."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forks"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        return cls(process)

    def end(self) -> None:
        """End it and every command that still runs."""
        for child in self.children.values():
            if child.code is None:
                child.kill()
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def start(
        self,
        command: str,
        argv: Sequence[str],
        folder: Path,
        *,
        before: Sequence[Before] = (),
        env: dict[str, str] | None = None,
        like: str | None = None,
    ) -> Child:
        """Start a command.

        Args:
            command: as in ``python -m COMMAND``, or ``module:function``, which gives a code.
            argv: its flags.
            folder: for its stdout and stderr; made.
            before: what is done in the process first.
            env: more of its environment.
            like: the command whose needs it has; None: its own.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("stdout", "stderr"):  # there before the process is, for who reads them
            (folder / name).touch()
        order = {"command": command, "argv": [*argv], "folder": str(folder),
                 "before": [*before], "env": env or {}, "like": like or command}  # fmt: skip
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()
        self.listen(lambda: bool(self._started), 240)  # it may have to load something
        pid = self._started.pop()
        self.children[pid] = Child(self, pid, folder)
        return self.children[pid]

    def listen(self, enough: Any, timeout_s: float) -> None:
        """Take what it tells of children, until that is enough."""
        assert self.process.stdout is not None
        end = time.monotonic() + timeout_s
        while True:
            left = max(end - time.monotonic(), 0)
            if select.select([self.process.stdout], [], [], 0 if enough() else left)[0]:
                data = os.read(self.process.stdout.fileno(), 1 << 16)
                assert data, "the forking process ended"
                *lines, self._rest = (self._rest + data).split(b"\n")
                for line in lines:
                    self._take(*map(int, line.split()))
            elif enough() or time.monotonic() >= end:
                return

    def _take(self, pid: int, code: int | None = None) -> None:
        if code is None:
            self._started.append(pid)
        else:
            self.children[pid].code = code


def serve() -> None:
    """Fork a process a line; tell of its beginning, and of its end."""
    from moderation.models.runtime import load_tensorflow
    from tests import reflection

    load_tensorflow()
    _load(LOADED)
    reflection.remember()
    _tell("ready")
    running, orders = 0, _Orders()
    while running or not orders.over:
        for line in orders.take(0.01 if running else 1):
            order = json.loads(line)
            _load(BESIDE.get(order["like"], ()))
            running += 1
            pid = os.fork()
            if pid == 0:
                _run(order)
            _tell(pid)
        while running and (done := os.waitpid(-1, os.WNOHANG))[0]:
            running -= 1
            _tell(done[0], os.waitstatus_to_exitcode(done[1]))


def _load(names: Iterable[str]) -> None:
    """Import them; who is forked does not search them for garbage, so they stay shared memory."""
    if new := [name for name in names if name not in sys.modules]:
        for name in new:
            importlib.import_module(name)
        gc.collect()
        gc.freeze()


@dataclass(slots=True)
class _Orders:
    over: bool = False
    rest: bytes = b""

    def take(self, wait_s: float) -> list[bytes]:
        if self.over or not select.select([0], [], [], wait_s)[0]:
            if self.over:
                time.sleep(wait_s)
            return []
        data = os.read(0, 1 << 20)
        self.over = not data
        *lines, self.rest = (self.rest + data).split(b"\n")
        return lines


def _tell(*words: object) -> None:
    os.write(1, f"{' '.join(map(str, words))}\n".encode())


def _run(order: dict[str, Any]) -> NoReturn:
    """The forked process: from here on a command."""
    code = 70
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler if number == 2 else signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for place, name in ((1, "stdout"), (2, "stderr")):
            kept = os.open(f"{order['folder']}/{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(kept, place)
        os.environ.update(order["env"])
        sys.argv = [order["command"], *order["argv"]]
        for name, given in order["before"]:
            module, _, function = name.partition(":")
            getattr(importlib.import_module(module), function)(**given)
        module, _, function = order["command"].partition(":")
        main: Any = importlib.import_module(module if function else f"{module}.__main__")
        code = getattr(main, function or "main")()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
