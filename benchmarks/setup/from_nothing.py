"""Two checkouts set up from nothing, in turn: fresh clone, empty caches, the same command.

    python -m benchmarks.setup.from_nothing BEFORE AFTER --target run --python python3.11

Processor time stands beside the clock, since it holds on a busy machine. ``--before_env`` gives
the first one variables that it needs to get through, as PIP_NO_DEPS=1 where its pip would resolve
what the lock has settled.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

# Whoever measures may share a cache with other work; a stranger's machine has none.
CACHES = ("PIP_CACHE_DIR", "UV_CACHE_DIR", "PIP_NO_CACHE_DIR", "UV_NO_CACHE")


def main() -> None:
    asked = options()
    given = dict(pair.partition("=")[::2] for pair in asked.before_env)
    clock: dict[str, list[float]] = {"before": [], "after": []}
    processor: dict[str, list[float]] = {"before": [], "after": []}
    for number in range(asked.rounds):
        turns = [("before", asked.before, given), ("after", asked.after, {})]
        for name, checkout, extra in turns if number % 2 == 0 else reversed(turns):
            taken, busy, size = from_nothing(checkout, asked, extra=extra)
            clock[name].append(taken)
            processor[name].append(busy)
            print(f"{name:6} {taken:6.1f} s, processor {busy:6.1f} s, .venv {size / 1e9:.2f} GB")
    for kind, seconds in (("clock", clock), ("processor", processor)):
        before, after = (statistics.median(seconds[name]) for name in ("before", "after"))
        print(f"make {asked.target}, {kind}: {after:.1f} / {before:.1f} s = {after / before:.2f}")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--target", default="run", help="of make; default: %(default)s")
    parser.add_argument("--python", default="", help="as in make PYTHON=…")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--before_env", nargs="*", default=[], metavar="NAME=VALUE")
    parser.add_argument(
        "--work", type=Path, help="folder for clones and caches; default: temporary"
    )
    return parser.parse_args()


def from_nothing(
    checkout: Path, asked: argparse.Namespace, *, extra: Mapping[str, str]
) -> tuple[float, float, int]:
    """Seconds of the command by the clock and of the processor, and the bytes it installed."""
    with tempfile.TemporaryDirectory(prefix="from-nothing-", dir=asked.work) as folder:
        clone = Path(folder, "clone")
        subprocess.run(["git", "clone", "--quiet", str(checkout), str(clone)], check=True)
        environment = {name: value for name, value in os.environ.items() if name not in CACHES}
        environment |= {"XDG_CACHE_HOME": str(Path(folder, "cache"))} | extra
        command = ["make", asked.target] + ([f"PYTHON={asked.python}"] if asked.python else [])
        started, busy_before = time.monotonic(), processor_s()
        done = subprocess.run(command, cwd=clone, env=environment, capture_output=True, check=False)
        taken, busy = time.monotonic() - started, processor_s() - busy_before
        if done.returncode:
            sys.exit(
                f"{checkout}: {' '.join(command)} ended with {done.returncode}\n"
                + done.stderr.decode()[-2000:]
            )
        size = sum(disk_bytes(path) for path in clone.joinpath(".venv").rglob("*"))
        return taken, busy, size


def processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def disk_bytes(path: Path) -> int:
    return 0 if path.is_symlink() or path.is_dir() else path.stat().st_size


if __name__ == "__main__":
    main()
