"""Figures of 100,000 items beside those of another checkout, by processor time.

``python -m benchmarks.evaluate.beside --other /path/to/checkout`` evaluates 100,000 items in 20,000
groups here and as many independent ones there, with 1,000 replicates where they are drawn, and
compares two models, both with 1,000. Each checkout runs in a process of its own, in turn.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

_TIMED = """
import sys, time
import numpy as np
from moderation.evaluation.figures.compare import compare
from moderation.evaluation.figures.evaluate import evaluate
grouped, items, groups = sys.argv[1] == "grouped", int(sys.argv[2]), int(sys.argv[3])
random = np.random.default_rng(0)
group = np.sort(random.integers(groups, size=items)) if grouped else np.arange(items)
positive = random.random(group.max() + 1) < 0.1
truth = positive[group].astype(int)
one, other = (
    1 / (1 + np.exp(-(2.0 * positive + random.normal(size=len(positive)) - 1)[group]
    - 0.3 * random.normal(size=items)))
    for _ in range(2)
)
more = {"groups": group} if grouped else {}
evaluate(truth[:200], one[:200], ("no", "yes"), replicates=40)
started = time.process_time()
evaluate(truth, one, ("no", "yes"), replicates=1000, **more)
print(time.process_time() - started)
started = time.process_time()
compare(truth, one, other, ("no", "yes"), replicates=1000, **more)
print(time.process_time() - started)
"""


def main() -> None:
    """Print both times and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--other", type=Path, required=True)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--groups", type=int, default=20_000)
    given = parser.parse_args()
    size = (str(given.items), str(given.groups))
    here = _timed(Path.cwd(), "grouped", *size)
    there = _timed(given.other, "alone", *size)
    for what, mine, theirs in zip(("evaluate", "compare"), here, there, strict=True):
        print(f"{what}: {mine:.2f} s here, {theirs:.2f} s there: {mine / theirs:.3f}")


def _timed(checkout: Path, *words: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", _TIMED, *words],
        cwd=checkout,
        env={"PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(line) for line in done.stdout.split()]


if __name__ == "__main__":
    main()
