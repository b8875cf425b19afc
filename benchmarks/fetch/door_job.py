"""The door's side of the comparison: fetch, decode, resize, encode, write.

``python -m benchmarks.fetch.door_job URLS OUT --processes 2`` takes a file of URLs, one a line,
and leaves JPEGs of 256 × 256 in the folder OUT. Prints the seconds without imports.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter, deque
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image

from moderation.images.door import DoorOptions, ImageDoor
from moderation.images.references import locate
from moderation.images.types import DecodedImage, ImageOutcome, Target

SIDE = 256
WINDOW = 256


def work(urls: list[str], out: str, connections: int, threads: int, reduced: bool) -> Counter[str]:
    """One process's share."""
    port = urlsplit(urls[0]).port or 80
    options = DoorOptions(
        allow_private_hosts=True,
        allowed_ports=(port,),
        connections_per_host=connections,
        decode_threads=threads,
    )
    target = Target(SIDE, SIDE, reduced_decode=reduced)
    done: Counter[str] = Counter()
    with ImageDoor(options) as door, ThreadPoolExecutor(1) as writer:
        pending: deque[tuple[int, Future[ImageOutcome]]] = deque()
        for number, url in enumerate(urls):
            pending.append((number, door.submit(locate("img", url, root="/"), target)))
            if len(pending) > WINDOW:
                writer.submit(write, out, *pending.popleft())
        for number, future in pending:
            writer.submit(write, out, number, future)
        writer.shutdown(wait=True)
        done.update(door.stats().outcomes)
    return done


def write(out: str, number: int, future: Future[ImageOutcome]) -> None:
    outcome = future.result()
    if isinstance(outcome, DecodedImage):
        path = Path(out) / f"{os.getpid()}-{number:06}.jpg"
        Image.fromarray(outcome.pixels).save(path, quality=95)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("urls", type=Path)
    parser.add_argument("out")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--full_decode", action="store_true", help="no reduced JPEG decode")
    options = parser.parse_args()
    urls = options.urls.read_text().split()
    Path(options.out).mkdir(parents=True, exist_ok=True)
    shares = [
        (
            urls[k :: options.processes],
            options.out,
            options.connections,
            options.threads,
            not options.full_decode,
        )
        for k in range(options.processes)
    ]
    started = time.perf_counter()
    if options.processes == 1:
        done = work(*shares[0])
    else:
        with get_context("spawn").Pool(options.processes) as pool:
            done = sum(pool.starmap(work, shares), Counter())
    print(f"{time.perf_counter() - started:.2f} s {dict(done)}")


if __name__ == "__main__":
    main()
