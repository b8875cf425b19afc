"""A large set without images: seconds and memory of a run.

``python -m benchmarks.preprocess.many_rows --rows 1000000`` writes made-up memes, a tenth of them
near-duplicates of others, runs the job in a process of its own, and prints what it took.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    options, flags = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as name:
        write(Path(name) / "rows.jsonl", options.rows)
        command = [sys.executable, "-m", "pipelines.preprocess", "--runner=DirectRunner"]
        command += ["--input", f"{name}/rows.jsonl", "--output", name, "--run_id", "t", *flags]
        started = time.perf_counter()
        subprocess.run(command, check=True)
        seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    each = seconds / options.rows * 1e6
    print(f"{options.rows:,} rows: {seconds:.0f} s, {each:.0f} µs a row, peak {memory:,.0f} MiB")


def write(path: Path, rows: int) -> None:
    """Memes of fifteen words; every tenth is the one before with a word changed."""
    rng = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(rng.choices(letters, k=rng.randint(3, 9))) for _ in range(20_000)]
    text: list[str] = []
    with path.open("w") as file:
        for number in range(rows):
            if number % 10 == 9:
                text[rng.randrange(15)] = rng.choice(words)
            else:
                text = rng.choices(words, k=15)
            row = {"id": number, "img": None, "text": " ".join(text), "label": number % 2}
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
