"""A training watched from outside: when it tells what, and its processor time at that moment."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_NETWORK, _EPOCH = "network: ", "epoch "
"""How lines begin that trainings told from the first on."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds."""

    clock_s: float
    processor_s: float

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.clock_s - other.clock_s, self.processor_s - other.processor_s)


@dataclass(frozen=True, slots=True)
class Took:
    """What one training cost: the whole command, and the parts of it."""

    whole: Spent
    start: Spent
    """Until the network stands: imports, the examples' labels, encoders."""
    epochs: Spent
    end: Spent
    """After the last epoch: figures, export, proof."""


def watched(command: Sequence[str], *, cwd: Path, environment: Mapping[str, str]) -> Took:
    """Runs a training.

    Raises:
        SystemExit: it did not end with 0.
    """
    before, began = _of_children(), time.monotonic()
    marks: list[tuple[str, Spent]] = []
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=cwd, env=dict(environment), text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stderr is not None  # asked for
        for line in process.stderr:
            lines.append(line)
            if line.startswith((_NETWORK, _EPOCH)):
                marks.append((line, Spent(time.monotonic() - began, _of_process(process.pid))))
    if process.returncode:
        raise SystemExit(f"{cwd}: ended with {process.returncode}:\n{''.join(lines)[-2000:]}")
    whole = Spent(time.monotonic() - began, _of_children() - before)
    (network,) = (spent for line, spent in marks if line.startswith(_NETWORK))
    last = marks[-1][1]
    return Took(whole, network, last - network, whole - last)


def _of_process(pid: int) -> float:
    """Of the process and of what it started and has waited for."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return sum(map(int, told.rpartition(")")[2].split()[11:15])) / _TICKS


def _of_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
