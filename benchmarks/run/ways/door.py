"""The project's door: URLs fetched, decoded in full, resized and written as JPEGs of 256 × 256."""

from __future__ import annotations

import os
import shutil
import sys
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clocks import given, slope, tell
from PIL import Image

from moderation.images.door import DoorOptions, ImageDoor
from moderation.images.references import locate
from moderation.images.types import DecodedImage, ImageOutcome, Target

SIDE = 256
WINDOW = 256
CONNECTIONS = 32


def share(urls: Sequence[str], output: str) -> None:
    """What one process does."""
    options = DoorOptions(
        allow_private_hosts=True,
        allowed_ports=(urlsplit(urls[0]).port or 80,),
        connections_per_host=CONNECTIONS,
    )
    target = Target(SIDE, SIDE, reduced_decode=False)
    with ImageDoor(options) as door, ThreadPoolExecutor(1) as writer:
        pending: deque[tuple[int, Future[ImageOutcome]]] = deque()
        for number, url in enumerate(urls):
            pending.append((number, door.submit(locate("img", url, root="/"), target)))
            if len(pending) > WINDOW:
                writer.submit(write, output, *pending.popleft())
        for number, future in pending:
            writer.submit(write, output, number, future)
        writer.shutdown(wait=True)


def write(output: str, number: int, future: Future[ImageOutcome]) -> None:
    outcome = future.result()
    if isinstance(outcome, DecodedImage):
        path = Path(output) / f"{os.getpid()}-{number:06}.jpg"
        Image.fromarray(outcome.pixels).save(path, quality=95)


def main(job: dict[str, Any]) -> None:
    urls, output = Path(job["urls"]).read_text().split(), Path(job["output"])
    processes = job["processes"]

    def work(rows: int) -> None:
        shutil.rmtree(output, ignore_errors=True)
        output.mkdir(parents=True)
        shares = [(urls[at:rows:processes], str(output)) for at in range(processes)]
        if processes == 1:
            share(*shares[0])
        else:
            with get_context("spawn").Pool(processes) as pool:
                pool.starmap(share, shares)
                pool.close()
                pool.join()  # what it spent is counted once it was waited for
        found = sum(1 for _ in output.glob("*.jpg"))
        if found != rows:
            sys.exit(f"the door gave {found} pictures of {rows}")

    tell(slope(work, few=job["few"], rows=job["rows"]))


if __name__ == "__main__":
    main(given())
