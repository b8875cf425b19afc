"""The door beside img2dataset: one server, the same photographs, fetched to files of 256 × 256.

``python -m benchmarks.fetch.beside_img2dataset --img2dataset VENV/bin/python`` where VENV has
img2dataset installed. Each setting of each side runs as a command of its own, turn by turn; the
clock covers the whole command, imports included. The best of each side are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.fetch.serving import image_server

IMG2DATASET = """
import sys
from img2dataset import download
if __name__ == "__main__":
    urls, out, processes, threads, resize = sys.argv[1:]
    download(url_list=urls, input_format="txt", output_folder=out, output_format="files",
             image_size=256, resize_mode=resize, processes_count=int(processes),
             thread_count=int(threads), number_sample_per_shard=200, encode_quality=95,
             disallowed_header_directives=[], retries=2)
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--img2dataset", required=True, help="a python that has it")
    parser.add_argument("--count", type=int, default=800)
    parser.add_argument("--kilobytes", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    best: dict[str, float] = {}
    with (
        image_server(count=options.count, kilobytes=options.kilobytes) as origin,
        tempfile.TemporaryDirectory() as folder,
    ):
        urls = Path(folder) / "urls.txt"
        urls.write_text("".join(f"{origin}/{n}.jpg\n" for n in range(options.count)))
        script = Path(folder) / "img2dataset_job.py"
        script.write_text(IMG2DATASET)
        commands = settings(options.img2dataset, str(script), str(urls))
        for turn in range(options.rounds):
            for name, command in commands.items():
                out = Path(folder) / f"out {name} {turn}"
                seconds, processor = timed([part.replace("OUT", str(out)) for part in command])
                files = sum(1 for _ in out.rglob("*.jpg"))
                figures = f"{seconds:6.2f} s, processor {processor:6.2f} s, {files} files"
                print(f"{name:40} {figures}", flush=True)
                assert files == options.count, name
                best[name] = min(seconds, best.get(name, seconds))
    theirs = min(s for name, s in best.items() if name.startswith("img2dataset"))
    for kind in ("door,", "door with full decode,"):
        ours = min(s for name, s in best.items() if name.startswith(kind))
        print(f"{kind.strip(',')}: {ours:.2f} s, img2dataset {theirs:.2f} s: {theirs / ours:.2f} ×")
    print(json.dumps(best))


def settings(python: str, script: str, urls: str) -> dict[str, list[str]]:
    """Every setting of each side, as a command with OUT for its folder."""
    commands = {}
    for processes in (1, 2):
        for threads in (4, 16, 64):
            name = f"img2dataset, {processes} processes, {threads} threads"
            commands[name] = [python, script, urls, "OUT", str(processes), str(threads), "border"]
        for decode in ("door", "door with full decode"):
            name = f"{decode}, {processes} processes"
            job = [sys.executable, "-m", "benchmarks.fetch.door_job", urls, "OUT"]
            full = ["--full_decode"] if decode != "door" else []
            commands[name] = [*job, "--processes", str(processes), *full]
    return commands


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds on the clock and of the processor, children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "NO_ALBUMENTATIONS_UPDATE": "1"},
    )
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
