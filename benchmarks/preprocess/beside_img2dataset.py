"""pipelines.preprocess beside img2dataset: one server, the same photographs, to 256 × 256 JPEG.

``python -m benchmarks.preprocess.beside_img2dataset --img2dataset VENV/bin/python`` where VENV has
img2dataset (and for ``--formats tfrecord`` TensorFlow and tensorflow-io, which it wants for that:
``img2dataset tensorflow==2.16.2 tensorflow-io==0.37.1 'pyarrow<18' 'setuptools<80'`` fit together).
img2dataset writes images with captions; preprocess writes training examples: it validates, groups,
splits and shards beside. ``--formats tfrecord`` compares like with like, ``files`` spares
img2dataset its import of TensorFlow. Each setting is a command of its own, turn by turn; the clock
covers the whole command, imports included. The best of each side are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.fetch.serving import image_server

IMG2DATASET = """
import sys
from img2dataset import download
if __name__ == "__main__":
    urls, out, processes, threads, form = sys.argv[1:]
    download(url_list=urls, input_format="csv", url_col="url", caption_col="caption",
             output_folder=out, output_format=form, image_size=256, resize_mode="border",
             processes_count=int(processes), thread_count=int(threads),
             number_sample_per_shard=400, encode_quality=92,
             disallowed_header_directives=[], retries=2)
"""


_SYLLABLES = ("ba", "ke", "lo", "mi", "nu", "pra", "sto", "tri", "ven", "zar")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--img2dataset", required=True, help="a python that has it")
    parser.add_argument("--formats", default="files", help="files,tfrecord")
    parser.add_argument("--count", type=int, default=800)
    parser.add_argument("--kilobytes", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    best: dict[str, tuple[float, float]] = {}
    with (
        image_server(count=options.count, kilobytes=options.kilobytes) as origin,
        tempfile.TemporaryDirectory() as name,
    ):
        folder = Path(name)
        write_inputs(folder, origin, options.count)
        commands = settings(options.img2dataset, folder, options.formats.split(","), origin)
        for turn in range(options.rounds):
            for setting, command in commands.items():
                out = folder / f"out {setting} {turn}"
                seconds, processor = timed([part.replace("OUT", str(out)) for part in command])
                rows = written(setting, out)
                figures = f"{seconds:6.2f} s, processor {processor:6.2f} s, {rows} images"
                print(f"{setting:46} {figures}", flush=True)
                assert rows == options.count, setting
                earlier = best.get(setting, (seconds, processor))
                best[setting] = min(seconds, earlier[0]), min(processor, earlier[1])
    for form in options.formats.split(","):
        theirs, ours = (_least(best, side) for side in (f"img2dataset, {form}", "preprocess"))
        clock, processor = (their / our for their, our in zip(theirs, ours, strict=True))
        print(f"beside {form}: {clock:.2f} × by the clock, {processor:.2f} × by processor time")


def _least(best: dict[str, tuple[float, float]], side: str) -> tuple[float, float]:
    """Seconds and processor seconds of a side, each of its best setting."""
    some = [figures for setting, figures in best.items() if setting.startswith(side)]
    return min(each[0] for each in some), min(each[1] for each in some)


def write_inputs(folder: Path, origin: str, count: int) -> None:
    """The same images and texts for both sides."""
    rng = random.Random(1)
    words = [f"{a}{b}" for a in _SYLLABLES for b in _SYLLABLES]
    texts = [f"{n} {' '.join(rng.choices(words, k=14))}" for n in range(count)]
    rows = [
        {"id": n, "img": f"{origin}/{n}.jpg", "text": texts[n], "label": n % 2}
        for n in range(count)
    ]
    lines = [f'{origin}/{n}.jpg,"{texts[n]}"\n' for n in range(count)]
    (folder / "urls.csv").write_text("url,caption\n" + "".join(lines))
    (folder / "memes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "img2dataset_job.py").write_text(IMG2DATASET)


def settings(python: str, folder: Path, forms: list[str], origin: str) -> dict[str, list[str]]:
    """Every setting of each side, as a command with OUT for its folder."""
    commands = {}
    for form in forms:
        for processes, threads in ((1, 16), (2, 16), (2, 64)):
            name = f"img2dataset, {form}, {processes} processes, {threads} threads"
            job = [python, str(folder / "img2dataset_job.py"), str(folder / "urls.csv"), "OUT"]
            commands[name] = [*job, str(processes), str(threads), form]
    ours = [sys.executable, "-m", "pipelines.preprocess", "--runner=DirectRunner"]
    ours += ["--input", str(folder / "memes.jsonl"), "--output", "OUT", "--run_id", "t"]
    ours += ["--image_size", "256x256", "--allow_private_hosts", "--no_progress"]
    ours += ["--allowed_ports", str(urlsplit(origin).port)]
    commands["preprocess, PDQ beside"] = [*ours, "--image_hash", "pdq"]
    ours += ["--image_hash", "steps"]
    commands["preprocess"] = ours
    commands["preprocess, images not grouped"] = [*ours, "--group_by", "image,text,near_text"]
    commands["preprocess, full decode"] = [*ours, "--full_decode"]
    return commands


def written(setting: str, out: Path) -> int:
    """Images that came out."""
    if setting.startswith("preprocess"):
        stats = json.loads((out / "run_id=t" / "stats.json").read_text())
        return int(stats["images"]["img"]["ok"])
    return sum(json.loads(file.read_text())["successes"] for file in out.glob("*_stats.json"))


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
