"""A bank of a million hashes beside faiss, on the same look-ups in one run.

``python -m benchmarks.hash_banks.speed [--faiss PYTHON] [--hashes N]``. faiss is no part of this
project: ``--faiss`` names a Python that has ``faiss-cpu`` and numpy, and the two take turns, each
in a process of its own and on one thread. Printed are look-ups a second of processor time, and the
share found of hashes that are 31 bits off. What brute force finds must be found, all of it: exits
with 1 where it is not, or where fewer than 2,000 look-ups a second are done.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from moderation.hashes.near import NearIndex

LEAST, MOST_DISTANCE, BATCH = 2_000, 31, 32
_FAISS = """
import sys, time, numpy as np, faiss
faiss.omp_set_num_threads(1)
known, asked = np.load(sys.argv[1]), np.load(sys.argv[2])
flat = faiss.IndexBinaryFlat(256)
hashed = faiss.IndexBinaryMultiHash(256, 16, 16)
hashed.nflip = 1
both = ("flat", flat, asked[:100]), ("multi-hash, one flip", hashed, asked[:300])
for name, index, some in both:
    index.add(known)
    began = time.process_time()
    limits, _, _ = index.range_search(some, 32)
    spent = time.process_time() - began
    print(f"{name}|{len(some) / spent:.0f}|{(np.diff(limits) > 0).mean():.4f}")
"""


def main() -> int:
    """Print the figures; the exit status says whether the promise holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hashes", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--faiss", type=Path)
    options = parser.parse_args()
    random = np.random.default_rng(1)
    known = random.integers(0, 256, (options.hashes, 32), dtype=np.uint8)
    asked = turned(known[random.integers(0, options.hashes, 2_000)], random)
    began = time.process_time()
    index = NearIndex.build(known)
    print(f"{options.hashes:,} hashes indexed in {time.process_time() - began:.1f} s of processor")
    missed = sum(not equal(index, known, query) for query in asked[:40])
    print(f"brute force: {missed} of 40 look-ups had another answer")
    ours = []
    for _ in range(options.rounds):
        ours.append(rate(index, asked))
        print(f"ours|{ours[-1]:.0f}|{share_found(index, asked):.4f}")
        if options.faiss:
            beside(options.faiss, known, asked)
    return int(missed > 0 or statistics.median(ours) < LEAST)


def turned(hashes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Each with 31 bits turned: the farthest that must be found."""
    bits = np.unpackbits(hashes, axis=1)
    for row in bits:
        row[random.choice(256, MOST_DISTANCE, replace=False)] ^= 1
    return np.packbits(bits, axis=1)


def equal(index: NearIndex, known: np.ndarray, query: np.ndarray) -> bool:
    """Whether the index says of a hash what weighing all of them says."""
    rows = np.flatnonzero(np.bitwise_count(known ^ query).sum(axis=1) <= MOST_DISTANCE)
    return rows.tolist() == index.within(query[None], MOST_DISTANCE).rows.tolist()


def rate(index: NearIndex, asked: np.ndarray) -> float:
    """Look-ups a second, as many at once as a list of items has."""
    began = time.process_time()
    for start in range(0, len(asked), BATCH):
        index.within(asked[start : start + BATCH], MOST_DISTANCE)
    return len(asked) / (time.process_time() - began)


def share_found(index: NearIndex, asked: np.ndarray) -> float:
    """Of hashes that are each 31 bits off one of the bank."""
    return len(set(index.within(asked, MOST_DISTANCE).queries.tolist())) / len(asked)


def beside(python: Path, known: np.ndarray, asked: np.ndarray) -> None:
    """The same asked of faiss."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/{name}.npy" for name in ("known", "asked")]
        np.save(paths[0], known)
        np.save(paths[1], asked)
        said = subprocess.run(
            [python, "-c", _FAISS, *paths], capture_output=True, check=True, text=True
        )
    for line in said.stdout.splitlines():
        print(f"faiss, {line}")


if __name__ == "__main__":
    sys.exit(main())
