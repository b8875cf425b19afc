"""Each of the systems with encoders that were trained: train, score, evaluate, one table.

``python -m benchmarks.systems --minilm minilm --memes memes.jsonl --pairs train.csv val.csv``:
``minilm`` is a folder in Hugging Face's layout of all-MiniLM-L6-v2; memes have a column ``split``
of train, val or test. What is done already is not done again; a step that fails ends its system
and no other.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.systems import plan


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--minilm", required=True)
    parser.add_argument("--memes", required=True)
    parser.add_argument("--pairs", nargs="+", required=True)
    parser.add_argument("--work", type=Path, default=Path("systems"))
    parser.add_argument("--only", nargs="+", choices=plan.SYSTEMS, default=plan.SYSTEMS)
    parser.add_argument("--dry_run", action="store_true", help="print the commands")
    given = parser.parse_args()
    places = plan.Places(given.minilm, tuple(given.pairs), given.memes, given.work.resolve())
    failed = 0
    for system in given.only:
        for step in plan.steps(places, system):
            if given.dry_run:
                print("python -m", *step.argv)
            elif not step.made.exists() and not carried_out(step):
                failed += 1
                break
    if not given.dry_run:
        print(*table(places, given.only), sep="\n")
    return 1 if failed else 0


def carried_out(step: plan.Step) -> bool:
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-m", *step.argv], check=False)
    minutes = (time.monotonic() - started) / 60
    print(f"{step.name}: {'done' if done.returncode == 0 else 'failed'}, {minutes:.1f} min")
    return done.returncode == 0


def table(places: plan.Places, systems: Sequence[str]) -> list[str]:
    """Rows of a Markdown table: macro-F1 and AUROC of the test split, with their intervals."""
    rows = ["| system | looks at | items | macro-F1 | AUROC | beside the text alone |"]
    rows.append("|---|---|---|---|---|---|")
    for system in systems:
        for looks_at in plan.modalities(system):
            path = plan.evaluated(places, system, looks_at=looks_at).made / "metrics.json"
            if not path.is_file():
                rows.append(f"| {system} | {looks_at} | not run | | | |")
                continue
            task = json.loads(path.read_text())["tasks"][0]
            overall = task["overall"]
            figures = " | ".join(told(overall[name]) for name in ("macro_f1", "roc_auc"))
            gain = gained(json.loads(path.read_text()))
            rows.append(f"| {system} | {looks_at} | {overall['items']} | {figures} | {gain} |")
    return rows


def told(figure: dict[str, Any]) -> str:
    value, interval = figure["value"], figure.get("interval_95")
    if value is None:
        return "–"
    return f"{value:.3f} [{interval[0]:.3f}, {interval[1]:.3f}]" if interval else f"{value:.3f}"


def gained(metrics: dict[str, Any]) -> str:
    """The difference in AUROC to the text alone, as the comparison has it."""
    for task in (metrics.get("baseline") or {}).get("comparisons", ()):
        for each in task["differences"]:
            if each["figure"] == "roc_auc" and each["interval_95"]:
                low, high = each["interval_95"]
                return f"{each['difference']:+.3f} [{low:+.3f}, {high:+.3f}]"
    return "–"


if __name__ == "__main__":
    sys.exit(main())
