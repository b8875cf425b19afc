"""Rows that are about fetching and decoding: servers on loopback, and what each way is given."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.fetch.serving import image_server
from benchmarks.run import materials
from benchmarks.run.jobs import few, own_pairs, score
from benchmarks.run.settings import Settings
from benchmarks.run.turns import Way

Ways = Iterator[Mapping[str, Way]]
_IMG2DATASET = ((1, 64), (2, 16), (2, 64))
"""Processes and threads; the best counts."""
_DOOR = (1, 2)
"""Processes; the best counts."""


def _near(origin: str) -> tuple[str, ...]:
    return ("--allow_private_hosts", "--allowed_ports", str(urlsplit(origin).port))


@contextmanager
def far_images(settings: Settings) -> Ways:
    """The whole job over pictures behind a server that waits, and over the same as files."""
    pairs = materials.own(0, few(settings) + settings.pairs)
    local = own_pairs(settings)
    folder = materials.pictures(settings, 2 * len(pairs))
    with image_server(
        count=2 * len(pairs), folder=folder, latency_ms=settings.latency_ms
    ) as origin:
        far = materials.write_pairs(settings.work / "far.csv", pairs, origin)
        flags = ("--precision", "float32")
        yield {
            "far": score(settings, far, flags=(*flags, *_near(origin))),
            "local": score(settings, local, flags=flags),
        }


@contextmanager
def beside_img2dataset(settings: Settings) -> Ways:
    """The door and img2dataset, each with some settings."""
    start = max(40, settings.pictures // 8)
    count = start + settings.pictures
    with image_server(count=count, kilobytes=settings.kilobytes) as origin:
        urls = materials.write_urls(
            settings.work / "urls.txt", (f"{origin}/{number}.jpg" for number in range(count))
        )
        job: dict[str, Any] = {"urls": str(urls), "few": start, "rows": settings.pictures}
        job["output"] = str(settings.work / "written")
        theirs = settings.img2dataset_python or Path(sys.executable)
        yield {
            **{
                f"door, {processes} processes": Way("door", {**job, "processes": processes})
                for processes in _DOOR
            },
            **{
                f"img2dataset, {processes} processes, {threads} threads": Way(
                    "img2dataset_job",
                    {**job, "processes": processes, "threads": threads},
                    python=theirs,
                    checkout=None,
                )
                for processes, threads in _IMG2DATASET
            },
        }


@contextmanager
def two_workers(settings: Settings) -> Ways:
    """The whole job with a model that costs nothing, by one and by two worker processes.

    Each worker has one decoder, so that it is the workers that are compared.
    """
    rows = max(1, settings.pictures // 2)
    start = max(20, rows // 8)
    count = 2 * (start + rows)
    cheap = materials.model(settings, "cheap")
    with image_server(count=count, kilobytes=settings.kilobytes) as origin:
        pairs = materials.own(0, start + rows)
        records = materials.write_pairs(settings.work / "workers.csv", pairs, origin)
        flags = [*_near(origin), "--direct_running_mode=multi_processing", "--decode_threads", "1"]
        flags += ["--precision", "float32"]
        yield {
            name: score(
                settings,
                records,
                model=cheap,
                flags=(*flags, f"--direct_num_workers={number}"),
                more={"few": start, "rows": rows},
            )
            for name, number in (("two", 2), ("one", 1))
        }
