"""What a measurement is asked for."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Sizes, places, and the pythons and checkouts of others."""

    only: tuple[str, ...]
    work: Path
    rounds: int
    pairs: int
    memes: int
    pictures: int
    batch_size: int
    latency_ms: float
    kilobytes: int
    cores: int
    timeout_s: float
    gpu: bool
    before: Path | None
    ray_python: Path | None
    img2dataset_python: Path | None
    model: Path | None

    @property
    def device(self) -> str:
        """Where models are to compute."""
        return "GPU" if self.gpu else "CPU"


def parser(names: Sequence[str]) -> argparse.ArgumentParser:
    """Of the command line; ``names``: of the rows."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.run",
        description="Measures the table of docs/performance.md: all ways of a row in turns, each "
        "in a process of its own, start-up not counted.",
        allow_abbrev=False,
    )
    add = made.add_argument
    add("--list", action="store_true", help="tell the rows and what each needs, and end")
    add("--only", nargs="+", choices=names, metavar="ROW", default=[], help="default: all rows")
    add("--work", type=Path, default=Path("/tmp/moderation-benchmarks"),
        help="folder for the model, pictures and runs; what is there is used again "
        "(default: %(default)s)")  # fmt: skip
    add("--output", type=Path, default=None,
        help="folder for table.md and table.json (default: that of --work)")  # fmt: skip
    add("--rounds", type=_count, default=5, help="default: %(default)s")
    add("--pairs", type=_count, default=640,
        help="tweet pairs beyond the first few (default: %(default)s)")  # fmt: skip
    add("--memes", type=_count, default=20_000,
        help="short memes beyond the first few (default: %(default)s)")  # fmt: skip
    add("--pictures", type=_count, default=800,
        help="photographs fetched beyond the first few (default: %(default)s)")  # fmt: skip
    add("--batch_size", type=_count, default=32, help="default: %(default)s")
    add("--latency_ms", type=float, default=50.0, help="of the far server (default: %(default)s)")
    add("--kilobytes", type=_count, default=400, help="of a fetched photograph")
    add("--timeout_s", type=float, default=1800.0,
        help="a way that takes longer has failed (default: %(default)s)")  # fmt: skip
    add("--model", type=Path, help="a SavedModel of the Keras example's signature; default: its "
        "architecture with random weights")  # fmt: skip
    add("--before", type=Path, metavar="CHECKOUT", help="an older build, run with this python")
    add("--ray_python", type=Path, metavar="PYTHON",
        help="of an environment with ray[data], tensorflow, tensorflow-text, pillow")  # fmt: skip
    add("--img2dataset_python", type=Path, metavar="PYTHON",
        help="of an environment with img2dataset")  # fmt: skip
    add("--gpu", action="store_true",
        help="models compute on the GPU; only rows that call one are measured")  # fmt: skip
    return made


def settings(given: argparse.Namespace) -> Settings:
    """What was given, paths made absolute (links to a python kept: they say which environment)."""
    fields = {name: getattr(given, name) for name in Settings.__dataclass_fields__ if name in given}
    for name, value in fields.items():
        if isinstance(value, Path):
            fields[name] = Path(os.path.abspath(value))
    fields["only"] = tuple(given.only)
    return Settings(**fields, cores=len(os.sched_getaffinity(0)))


def _count(word: str) -> int:
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not 1 or more")
    return number
