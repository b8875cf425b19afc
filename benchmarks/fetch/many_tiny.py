"""Many tiny fetches through one door: is memory flat, are descriptors given back?

``python -m benchmarks.fetch.many_tiny --count 100000`` prints the resident memory and the open
descriptors every tenth of the way, and exits with 1 where memory at the end exceeds memory
after the first fifth by more than ``--slack_mib``.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import deque
from concurrent.futures import Future

from benchmarks.fetch.serving import image_server
from moderation.images.door import DoorOptions, ImageDoor
from moderation.images.references import locate
from moderation.images.types import DecodedImage, ImageOutcome, Target


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--in_flight", type=int, default=256)
    parser.add_argument("--side", type=int, default=8, help="of the target, pixels")
    parser.add_argument("--slack_mib", type=float, default=8.0)
    options = parser.parse_args()
    memory: list[float] = []
    with image_server(count=1, kilobytes=10) as origin:
        port = int(origin.rsplit(":", 1)[1])
        limits = DoorOptions(
            allow_private_hosts=True,
            allowed_ports=(port,),
            connections_per_host=64,
            cache_max_bytes=8 << 20,
            cache_max_urls=1000,
        )
        with ImageDoor(limits) as door:
            pending: deque[Future[ImageOutcome]] = deque()
            target = Target(options.side, options.side)
            started = time.perf_counter()
            for number in range(1, options.count + 1):
                ref = locate("img", f"{origin}/tiny/{number}.png", root="/")
                pending.append(door.submit(ref, target))
                if len(pending) > options.in_flight:
                    assert isinstance(pending.popleft().result(), DecodedImage)
                if number % (options.count // 10) == 0:
                    memory.append(resident_mib())
                    rate = number / (time.perf_counter() - started)
                    descriptors = len(os.listdir("/proc/self/fd"))
                    print(
                        f"{number:8} fetched, {memory[-1]:7.1f} MiB, {descriptors:4} descriptors, "
                        f"{rate:6.0f} a second",
                        flush=True,
                    )
            while pending:
                assert isinstance(pending.popleft().result(), DecodedImage)
            assert door.stats().outcomes == {"ok": options.count}
    print(f"after closing: {len(os.listdir('/proc/self/fd'))} descriptors")
    return 1 if memory[-1] > memory[1] + options.slack_mib else 0


def resident_mib() -> float:
    """Resident memory of this process."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


if __name__ == "__main__":
    sys.exit(main())
