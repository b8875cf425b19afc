"""Seconds by the clock and of the processor, of a process and all that it started."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MARK = "BENCHMARK_WAY"
"""Variable whose value all processes of a way share: one that left the family is still known."""
_TICKS = os.sysconf("SC_CLK_TCK")


def given() -> dict[str, Any]:
    """The way's argument."""
    found: dict[str, Any] = json.loads(sys.argv[1])
    return found


def tell(costs: list[float]) -> None:
    """The last line: seconds a row."""
    print("\n" + json.dumps({"clock": costs[0], "processor": costs[1]}), flush=True)


def now() -> list[float]:
    """Seconds of the clock and of the processor, from a beginning of their own."""
    return [time.perf_counter(), processor_s()]


def cost(work: Callable[[], None]) -> list[float]:
    """What a piece of work takes."""
    began = now()
    work()
    return [after - before for before, after in zip(began, now(), strict=True)]


def slope(work: Callable[[int], None], *, few: int, rows: int) -> list[float]:
    """What a row costs beyond start-up: the first rows warm up, then ``few`` rows are taken from
    ``few + rows`` of them."""
    work(few)
    start = cost(lambda: work(few))
    whole = cost(lambda: work(few + rows))
    return [(b - a) / rows for a, b in zip(start, whole, strict=True)]


def processor_s(processes: Path = Path("/proc")) -> float:
    """Of this process, those it started and those that carry its mark, the waited-for included."""
    ticks, parents = {}, {}
    for stat in processes.glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        pid = int(stat.parent.name)
        parents[pid], ticks[pid] = int(fields[1]), sum(map(int, fields[11:15]))
    ours = {os.getpid(), *marked(os.environ.get(MARK, ""), processes)} & set(ticks)
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks[pid] for pid in ours) / _TICKS


def marked(mark: str, processes: Path = Path("/proc")) -> set[int]:
    """Who carries a mark; nobody carries none."""
    found, sought = set(), f"{MARK}={mark}".encode()
    for environ in processes.glob("[0-9]*/environ") if mark else ():
        try:
            if sought in environ.read_bytes().split(b"\0"):
                found.add(int(environ.parent.name))
        except OSError:  # it has just ended, or is somebody else's
            continue
    return found
