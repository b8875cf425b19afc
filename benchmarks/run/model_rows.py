"""Rows that are about the model: what each way is given."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.run import materials
from benchmarks.run.jobs import few, own_pairs, score, sizes
from benchmarks.run.settings import Settings
from benchmarks.run.turns import ROOT, Way

Ways = Iterator[Mapping[str, Way]]
FLOAT32 = ("--precision", "float32")


def _plain(settings: Settings, script: str, records: Path, **more: Any) -> Way:
    """A way that calls the SavedModel itself."""
    job = {
        **sizes(settings),
        "model": str(materials.model(settings, "example")),
        "records": str(records),
        "vocabulary": str(materials.vocabulary(settings)),
    }
    return Way(script, job, gpu=settings.gpu, **more)


def beside_tf_data(flags: Sequence[str]) -> Callable[[Settings], AbstractContextManager[Any]]:
    """The whole job with flags of its own, and the loop."""

    @contextmanager
    def opened(settings: Settings) -> Ways:
        records = own_pairs(settings)
        yield {
            "score": score(settings, records, flags=flags),
            "tf_data": _plain(settings, "tf_data", records),
        }

    return opened


@contextmanager
def beside_the_limit(settings: Settings) -> Ways:
    """The whole job, and its parts alone."""
    records = own_pairs(settings)
    yield {
        "ready": _plain(settings, "ready", records),
        "score": score(settings, records, flags=FLOAT32),
        "features": _plain(settings, "features", records),
    }


@contextmanager
def beside_run_inference(settings: Settings) -> Ways:
    """The whole job, and Beam's own transform."""
    records = own_pairs(settings)
    yield {
        "score": score(settings, records, flags=FLOAT32),
        "run_inference": _plain(settings, "run_inference", records),
    }


@contextmanager
def beside_ray(settings: Settings) -> Ways:
    """The whole job, and Ray Data in an environment of its own."""
    records = own_pairs(settings)
    python = settings.ray_python or Path(sys.executable)
    yield {
        "score": score(settings, records, flags=FLOAT32),
        "ray": _plain(settings, "ray_data", records, python=python, checkout=None),
    }


@contextmanager
def shared_images(settings: Settings) -> Ways:
    """Both builds over pairs of which four show each picture; the first few have their own."""
    start = few(settings, auto=True)
    pairs = materials.shared(0, start, by=4) + materials.shared(start, settings.pairs, by=4)
    folder = materials.pictures(settings, 2 * len(pairs))
    records = materials.write_pairs(settings.work / "shared.csv", pairs, str(folder))
    yield {
        "this build": score(settings, records),
        "before": score(settings, records, checkout=settings.before or ROOT),
    }


@contextmanager
def duplicates(settings: Settings) -> Ways:
    """The whole job over pairs of which every second repeats the one before, and over none such."""
    start = few(settings)
    pairs = materials.twice(0, start) + materials.twice(start, settings.pairs)
    own = own_pairs(settings)
    folder = str(settings.work / "pictures")
    half = materials.write_pairs(settings.work / "half.csv", pairs, folder)
    yield {
        "half": score(settings, half, flags=FLOAT32),
        "none": score(settings, own, flags=FLOAT32),
    }


@contextmanager
def two_workers(settings: Settings) -> Ways:
    """The whole job by one and by two of Beam's worker processes."""
    records = own_pairs(settings)
    mode = (*FLOAT32, "--direct_running_mode=multi_processing")
    yield {
        name: score(settings, records, flags=(*mode, f"--direct_num_workers={number}"))
        for name, number in (("two", 2), ("one", 1))
    }


@contextmanager
def short_memes(settings: Settings) -> Ways:
    """Both builds with the model that they ship."""
    start = min(2_000, settings.memes)
    records = materials.write_memes(settings.work / "memes.jsonl", start + settings.memes)
    job = {
        "few": start,
        "rows": settings.memes,
        "records": str(records),
        "flags": ["--runner=DirectRunner"],
        "output": str(settings.work / "runs"),
    }
    yield {
        "this build": Way("score", job, gpu=settings.gpu),
        "before": Way("score", job, checkout=settings.before or ROOT, gpu=settings.gpu),
    }


@contextmanager
def cold(settings: Settings) -> Ways:
    """Both builds over their samples."""
    job = {"output": str(settings.work / "runs")}
    yield {
        "this build": Way("sample", job),
        "before": Way("sample", job, checkout=settings.before or ROOT),
    }
