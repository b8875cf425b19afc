"""Ways in turns, each in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.run.figures import Cost
from benchmarks.run.ways.clocks import MARK, marked

ROOT = Path(__file__).resolve().parents[2]
WAYS = Path(__file__).with_name("ways")
_TOLD = 2_000
"""Characters of a failed way's last words."""


class WayFailed(Exception):
    """A way did not do its work; says which, and its last words."""


@dataclass(frozen=True)
class Way:
    """A file of ``ways/``, what it is given, and where it runs."""

    script: str
    job: Mapping[str, Any]
    python: Path = field(default_factory=lambda: Path(sys.executable))
    checkout: Path | None = ROOT
    """Whose packages it imports; None: nobody's."""
    gpu: bool = False


def in_order(names: Sequence[str], turn: int) -> list[str]:
    """Who is first changes from round to round."""
    return list(names) if turn % 2 == 0 else list(reversed(names))


def measured(
    ways: Mapping[str, Way],
    *,
    rounds: int,
    timeout_s: float,
    tell: Callable[[str], None],
) -> list[dict[str, Cost]]:
    """Rounds of all ways.

    Raises:
        WayFailed: one of them did.
    """
    found: list[dict[str, Cost]] = []
    for turn in range(rounds):
        one: dict[str, Cost] = {}
        for name in in_order([*ways], turn):
            one[name] = run(name, ways[name], timeout_s=timeout_s)
            clock, processor = (1000 * each for each in one[name])
            tell(f"  {turn + 1}/{rounds} {name}: {clock:.3f} ms, of processor {processor:.3f} ms")
        found.append(one)
    return found


def run(name: str, way: Way, *, timeout_s: float) -> Cost:
    """One way once.

    Raises:
        WayFailed: it ended badly, told no cost, or took too long.
    """
    command = [str(way.python), str(WAYS / f"{way.script}.py"), json.dumps(dict(way.job))]
    variables = environment(way)
    with tempfile.TemporaryFile("w+", errors="replace") as told:
        process = subprocess.Popen(
            command,
            cwd=way.checkout or WAYS,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            raise WayFailed(f"{name}: not done after {timeout_s:g} s") from None
        finally:
            _end(process, variables[MARK])
        told.seek(0)
        words = told.read()
    if code:
        raise WayFailed(f"{name}: ended with {code}: …{words.strip()[-_TOLD:]}")
    return cost_told(name, words)


def cost_told(name: str, words: str) -> Cost:
    """The last line that is a cost.

    Raises:
        WayFailed: no line is, or it is not above zero.
    """
    for line in reversed(words.splitlines()):
        if line.startswith('{"clock"'):
            cost = Cost(**json.loads(line))
            if min(cost) <= 0:
                raise WayFailed(f"{name}: {cost}: too little work to measure; ask for more rows")
            return cost
    raise WayFailed(f"{name}: told no cost: …{words.strip()[-_TOLD:]}")


def environment(way: Way) -> dict[str, str]:
    """This process's, with a mark for whom the way starts, and a GPU only where asked for."""
    found = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    found.pop("PYTHONPATH", None)
    if way.checkout is not None:
        found["PYTHONPATH"] = str(way.checkout)
    if not way.gpu:
        found["CUDA_VISIBLE_DEVICES"] = ""
    # SPT_NOENV: whoever renames itself (Ray's workers do) leaves its mark readable.
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "NO_ALBUMENTATIONS_UPDATE": "1", "SPT_NOENV": "1"}
    # Ray gives its workers way to everything else on a machine, which no other way does.
    peers = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}
    return {**found, **quiet, **peers, MARK: uuid.uuid4().hex}


def _end(process: subprocess.Popen[str], mark: str) -> None:
    """Of the way and whom it started nothing is left."""
    if process.poll() is None:
        process.kill()
    for pid in marked(mark):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
