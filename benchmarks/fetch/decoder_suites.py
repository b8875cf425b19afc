"""Decode every file below a folder, one process each, and say what became of it.

``python benchmarks/fetch/decoder_suites.py DIR [DIR …]`` prints the outcomes by
code, the slowest file and the one that took most memory, and exits with 1 where
a file ended in anything but an image or a code, took longer than 5 s of the processor, or took
more than 1 GiB. Each file has a process of its own, so that time and memory are
its alone and a crash is seen as what it is.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from moderation.images.decoding.decode import decode
from moderation.images.types import ImageFailure, Target

MAX_S = 5.0
MAX_BYTES = 1 << 30
_KILLED_AFTER_S = 120


def main() -> int:
    """Walk the folders; the exit status says whether every file kept to its bounds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--size", type=int, default=224, help="side of the target, pixels")
    parser.add_argument("--each", action="store_true", help="print every file's outcome")
    options = parser.parse_args()
    target = Target(options.size, options.size)
    files = [path for folder in options.folders for path in sorted(folder.rglob("*"))]
    results = [judged(path, target) for path in files if path.is_file()]
    if options.each:
        for result in results:
            print(json.dumps(result))
    report(results)
    return 1 if any(result["broke"] for result in results) else 0


def judged(path: Path, target: Target) -> dict[str, Any]:
    """One file, decoded in a child process."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal.alarm(_KILLED_AFTER_S)
        _child(path, target, writer)
    os.close(writer)
    with os.fdopen(reader) as lines:
        said = lines.read()
    _, status, usage = os.wait4(child, 0)
    seconds = usage.ru_utime + usage.ru_stime
    peak = usage.ru_maxrss * 1024
    outcome = said or f"died ({os.waitstatus_to_exitcode(status)})"
    broke = not said or status != 0 or seconds > MAX_S or peak > MAX_BYTES
    return {"file": str(path), "outcome": outcome, "s": seconds, "bytes": peak, "broke": broke}


def _child(path: Path, target: Target, writer: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # whatever is written to disk kills it
    outcome = decode(path.read_bytes(), target)
    if isinstance(outcome, ImageFailure):
        said = f"{outcome.code.value}: {outcome.message}"
    else:
        said = f"ok: {outcome.format} {outcome.width}x{outcome.height}"
        assert outcome.pixels.shape == (target.height, target.width, 3)
    os.write(writer, said.encode())
    os._exit(0)


def report(results: list[dict[str, Any]]) -> None:
    """The summary."""
    codes = Counter(result["outcome"].split(":")[0] for result in results)
    print(f"{len(results)} files")
    for code, count in codes.most_common():
        print(f"  {code:24} {count}")
    slowest = max(results, key=lambda result: result["s"])
    largest = max(results, key=lambda result: result["bytes"])
    print(f"slowest {slowest['s']:.2f} s  {slowest['file']}")
    print(f"largest {largest['bytes'] / 2**20:.0f} MiB  {largest['file']}")
    for result in results:
        if result["broke"]:
            print("BROKE", json.dumps(result))


if __name__ == "__main__":
    sys.exit(main())
