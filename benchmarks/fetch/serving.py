"""The image server in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def image_server(
    *, count: int, kilobytes: int = 400, folder: Path | None = None, latency_ms: float = 0.0
) -> Iterator[str]:
    """The origin, ``http://127.0.0.1:PORT``, of a server that ends with the block."""
    arguments = ["--count", str(count), "--kilobytes", str(kilobytes)]
    arguments += ["--latency_ms", str(latency_ms)]
    arguments += ["--folder", str(folder)] if folder else []
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.fetch.image_server", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()
        process.wait(timeout=10)
