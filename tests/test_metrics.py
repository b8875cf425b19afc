"""docs/operations.md names every metric that the code counts for the engine, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.ml.inference.base import ModelHandler, PredictionResult, RunInference
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from moderation.audit import profile_taps
from moderation.images import metrics as image_metrics
from moderation.images.stats import BUCKET_BOUNDS_MS, DoorStats
from moderation.models import handler
from moderation.models.halving import Tally
from moderation.models.types import ItemFailure
from moderation.profiling.meter import CLOCK, ENCODER, ITEMS, PROCESSOR, SIGNATURE, STAGE, WHOLE
from schemas.codes import Code

ROOT = Path(__file__).resolve().parent.parent
EMITTERS = {"moderation/images/metrics.py", "moderation/models/handler.py"}
EMITTERS |= {"moderation/audit/profile_taps.py"}
ONES = (1,) * (len(BUCKET_BOUNDS_MS) + 1)
FULL = DoorStats(
    **dict.fromkeys(
        ("images", "fetches", "requests", "retries", "redirects", "bytes", "fetch_cache_hits"), 1
    ),
    **dict.fromkeys(("decode_cache_hits", "decoders_lost", "hosts_given_up"), 1),
    outcomes={"CODE": 1},
    sources={"NAME": 1},
    fetch_ms=ONES,
    decode_ms=ONES,
)  # fmt: skip


class Model:
    """Nothing: a model that Beam can refer to."""


class Handler(ModelHandler[int, PredictionResult, Model]):
    """A model that answers, so that Beam counts what it counts of any."""

    def load_model(self) -> Model:
        return Model()

    def run_inference(
        self, batch: Sequence[int], model: Model, inference_args: dict[str, Any] | None = None
    ) -> list[PredictionResult]:
        return [PredictionResult(item, item) for item in batch]

    def get_metrics_namespace(self) -> str:
        return handler.METRICS_NAMESPACE


def count_everything(_: int) -> None:
    image_metrics.report(FULL)
    failure = ItemFailure(Code.MODEL_ERROR, "x")
    tally = Tally(calls=1, failed_calls=1, halvings=1, exhaustions=1)
    handler._count([object()], [failure], tally=tally, ceiling=8)  # type: ignore[list-item]
    times = {(STAGE, "STAGE", part): 1 for part in (CLOCK, PROCESSOR, ITEMS)}
    times |= {(WHOLE, part): 1 for part in (CLOCK, PROCESSOR)}
    times |= {(ENCODER, "FIELDS", "WHAT"): 1, (SIGNATURE, "TASKS", "HOW", "WHY"): 1}
    profile_taps.report(times)


def counted() -> set[tuple[str, str, str]]:
    """Namespace, name and kind of all that Beam was told of, limits of buckets left out."""
    pipeline = beam.Pipeline(runner=FnApiRunner())
    numbers = pipeline | beam.Create([1])
    _ = numbers | beam.Map(count_everything)
    _ = numbers | RunInference(Handler())
    result = pipeline.run()
    result.wait_until_finish()
    found = result.metrics().query()
    return {
        (
            each.key.metric.namespace,
            re.sub(r"_le_(\d+|inf)$", "_le_N", each.key.metric.name),
            kind.removesuffix("s"),
        )
        for kind, values in found.items()
        for each in values
        if each.key.metric.namespace not in ("apache_beam", "BatchElements")
    }


def told() -> set[tuple[str, str, str]]:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w.]+)` \| (`.+?`) \| (\w+) \| \S.* \|$", page, re.MULTILINE)
    return {(space, name, kind) for space, names, kind in rows for name in names.split("`")[1::2]}


def test_the_page_names_every_metric_and_no_other() -> None:
    assert told() == counted()


def test_nothing_else_counts_for_the_engine() -> None:
    found = set()
    for top in ("moderation", "pipelines"):
        for path in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Metrics":
                    found.add(path.relative_to(ROOT).as_posix())
    assert found == EMITTERS
