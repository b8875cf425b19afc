"""How often intervals hold what they should, and paired comparisons err, on made-up copies.

``python -m benchmarks.evaluate.coverage --sets 400`` prints a table of each kind of set; 95 and 5
are due. The truth is that of 400,000 groups.
"""

from __future__ import annotations

import argparse
from collections import defaultdict

import numpy as np

from moderation.evaluation.figures.compare import compare
from moderation.evaluation.figures.evaluate import figures
from moderation.evaluation.figures.sample import make_sample
from schemas.metrics import Figures
from tests.evaluation.copied import Copied

NAMES = ("no", "yes")
KINDS = {
    "copies": Copied(),
    "copies, heavy": Copied(pareto=True),
    "few positives": Copied(groups=300, share=0.08, noise=1.0),
    "mislabelled": Copied(share=0.2, mislabelled=0.03),
    "clear cases": Copied(share=0.2, apart=4.0),
    "many groups": Copied(groups=1_000, share=0.1),
    "no copies": Copied(groups=200, copies=1.0),
}


def shown(found: Figures) -> dict[str, object]:
    """Every figure of two labels that may have an interval."""
    yes = found.labels[1]
    named = {name: getattr(found, name) for name in _OF_ALL}
    return named | {f"yes.{name}": getattr(yes, name) for name in ("precision", "recall", "f1")}


_OF_ALL = ("accuracy", "macro_f1", "weighted_f1", "roc_auc", "pr_auc", "log_loss", "brier", "ece")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=200)
    parser.add_argument("--replicates", type=int, default=400)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--no_pairs", action="store_true")
    given = parser.parse_args()
    for kind in given.kind or KINDS:
        _table(kind, given.sets, given.replicates, pairs=not given.no_pairs)


def _table(kind: str, sets: int, replicates: int, *, pairs: bool) -> None:
    made = KINDS[kind]
    group, truth, (p, _) = made.draw(np.random.default_rng(999), 400_000)
    true = {name: each.value for name, each in shown(_alone(truth, p)).items()}
    held, widths, called = defaultdict(list), defaultdict(list), defaultdict(list)
    without = defaultdict(int)
    for seed in range(sets):
        group, truth, (one, other) = made.draw(np.random.default_rng([1, seed]))
        found = figures(make_sample(truth, one, NAMES, groups=group))
        for name, each in shown(found).items():
            if each.interval_95 is None:
                without[name] += 1
                continue
            low, high = each.interval_95
            held[name].append(low <= true[name] <= high)
            widths[name].append(high - low)
        if not pairs:
            continue
        for each in compare(truth, one, other, NAMES, groups=group, replicates=replicates):
            if each.interval_95 is not None:
                called[each.figure].append(each.verdict in ("better", "worse"))
    print(f"\n{kind}: {made}")
    for name in true:
        told = (
            f"{np.mean(held[name]):6.1%}  width {np.median(widths[name]):.3f}"
            if held[name]
            else "-"
        )
        paired = f"{np.mean(called[name]):6.1%}" if called[name] else ""
        print(
            f"  {name:14} {told:26} without {without[name]:4}  called different {paired}",
            flush=True,
        )


def _alone(truth: object, p: object) -> Figures:
    return figures(make_sample(truth, p, NAMES))


if __name__ == "__main__":
    main()
