"""The table: what is measured beside what, and what the ratio is to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from benchmarks.run import image_rows, model_rows, needs
from benchmarks.run.figures import Compared, Target, of_the_limit, share_of, times_as_quick
from benchmarks.run.needs import Need
from benchmarks.run.settings import Settings
from benchmarks.run.turns import Way

Opened = AbstractContextManager[Mapping[str, Way]]


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    work: str
    beside: str
    open: Callable[[Settings], Opened]
    """Makes what the ways need and names the ways; servers end with it."""
    compared: Callable[[Settings], Compared]
    needs: tuple[Need, ...] = ()
    target: Target | None = None
    unit: str = "a pair"


def _quicker(work: str, beside: str) -> Callable[[Settings], Compared]:
    return lambda settings: times_as_quick(work, beside)


def _limit(settings: Settings) -> Compared:
    return of_the_limit("score", "ready", "features", cores=settings.cores, gpu=settings.gpu)


_PAIRS = "tweet pairs, own images of 0.42 MP, the example's SavedModel"
_MODEL = (needs.gpu_found,)
_PLAIN = (needs.no_gpu_asked,)

ROWS: dict[str, Row] = {
    "tf_data_auto": Row(
        f"{_PAIRS}, --precision auto (the default)",
        "a plain float32 tf.data loop",
        model_rows.beside_tf_data(()),
        _quicker("score", "tf_data"),
        (*_MODEL, needs.bf16),
        Target(1.7, by_processor=True),
    ),
    "tf_data_float32": Row(
        f"{_PAIRS}, --precision float32",
        "a plain float32 tf.data loop",
        model_rows.beside_tf_data(model_rows.FLOAT32),
        _quicker("score", "tf_data"),
        _MODEL,
    ),
    "limit": Row(
        f"{_PAIRS}, --precision float32",
        "the limit: model on ready batches, and decoding, resizing, tokenising alone, over cores",
        model_rows.beside_the_limit,
        _limit,
        _MODEL,
        Target(0.95),
    ),
    "run_inference": Row(
        f"{_PAIRS}, --precision float32",
        "Beam's RunInference, preprocessing for each item",
        model_rows.beside_run_inference,
        _quicker("score", "run_inference"),
        _MODEL,
        Target(4.0),
    ),
    "ray": Row(
        f"{_PAIRS}, --precision float32",
        "Ray Data, map and map_batches",
        model_rows.beside_ray,
        _quicker("score", "ray"),
        (*_MODEL, needs.ray),
        Target(4.0),
    ),
    "shared_images": Row(
        "every image in four pairs, a SavedModel without features signature",
        "the build of --before",
        model_rows.shared_images,
        _quicker("this build", "before"),
        (*_MODEL, needs.before),
        Target(2.5),
    ),
    "short_memes": Row(
        "the built-in model, short memes without pictures",
        "the build of --before",
        model_rows.short_memes,
        _quicker("this build", "before"),
        (*_MODEL, needs.before),
        Target(2.5),
        unit="a meme",
    ),
    "latency": Row(
        f"{_PAIRS}, behind a loopback server that waits",
        "the same images as files",
        image_rows.far_images,
        _quicker("far", "local"),
        _MODEL,
        Target(0.9),
    ),
    "duplicates": Row(
        f"{_PAIRS}, half of the items duplicates",
        "no duplicates",
        model_rows.duplicates,
        _quicker("half", "none"),
        _MODEL,
        Target(1.9),
    ),
    "img2dataset": Row(
        "fetch, full decode, resize, write",
        "img2dataset, the best of its settings",
        image_rows.beside_img2dataset,
        _quicker("door", "img2dataset"),
        (*_PLAIN, needs.img2dataset),
        Target(1.5),
        unit="a picture",
    ),
    "workers": Row(
        "fetch and decode by two worker processes",
        "by one",
        image_rows.two_workers,
        _quicker("two", "one"),
        _PLAIN,
        Target(1.7),
    ),
    "workers_model": Row(
        f"{_PAIRS}, two worker processes",
        "one",
        model_rows.two_workers,
        _quicker("two", "one"),
        _MODEL,
    ),
    "cold": Row(
        "the sample scored by a fresh process, start to end",
        "the build of --before",
        model_rows.cold,
        lambda settings: share_of("this build", "before"),
        (*_PLAIN, needs.before),
        Target(0.6, at_least=False),
        unit="a run",
    ),
}


def why_not(row: Row, settings: Settings) -> str | None:
    """The first thing that a row needs and that is not there."""
    return next((why for need in row.needs if (why := need(settings))), None)
