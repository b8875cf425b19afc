"""The handler in a real RunInference pipeline, and what came out."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import apache_beam as beam
import numpy as np
from apache_beam.ml.inference.base import PredictionResult, RunInference

from moderation.models.handler import METRICS_NAMESPACE, BatchHandler, BundleHandler
from moderation.models.types import BareOptions, ItemFailure, ModelItem, Scores
from schemas.records import ENTAILMENT_LABELS, Kind
from tests.models import fakes

PAIR = Kind.TWEET_PAIR


LABELS = BareOptions(labels=ENTAILMENT_LABELS)


SHARE = 2 / 6
"""[CLS] one two [SEP] three [SEP]: two of six tokens are of the second text."""


@dataclass
class Run:
    """What a pipeline gave: the results by content key, and our metrics."""

    results: dict[str, PredictionResult]
    metrics: dict[str, int]

    def failure(self, key: str) -> ItemFailure:
        failure = self.results[key].inference
        assert isinstance(failure, ItemFailure), failure
        return failure

    def scores(self, key: str, task: str = "entailment") -> tuple[float, ...]:
        scores = self.results[key].inference
        assert isinstance(scores, Scores), scores
        return scores.probabilities[task]

    def failed_keys(self) -> set[str]:
        return {key for key, each in self.results.items() if isinstance(each[1], ItemFailure)}


def _keep(result: PredictionResult, directory: str) -> None:
    Path(directory, f"{result.example.content_key}.pickle").write_bytes(pickle.dumps(result))


def run(
    handler: BundleHandler,
    items: Sequence[ModelItem],
    tmp_path: Path,
    *,
    lists_of: int | None = None,
) -> Run:
    """Scores the items in a pipeline on the DirectRunner, one by one or in lists."""
    kept = tmp_path / "results"
    kept.mkdir()
    pipeline = beam.Pipeline(runner="DirectRunner")
    if lists_of is None:
        results = pipeline | beam.Create(list(items), reshuffle=False) | RunInference(handler)
    else:
        lists = [list(items[at : at + lists_of]) for at in range(0, len(items), lists_of)]
        batches = pipeline | beam.Create(lists, reshuffle=False)
        results = batches | RunInference(BatchHandler(handler)) | beam.FlatMap(list)
    _ = results | beam.Map(_keep, directory=str(kept))
    finished = pipeline.run()
    finished.wait_until_finish()
    query = finished.metrics().query()
    metrics = {
        each.key.metric.name: getattr(each.committed, "value", each.committed)
        for each in [*query["counters"], *query["gauges"]]
        if each.key.metric.namespace == METRICS_NAMESPACE
    }
    found = {path.stem: pickle.loads(path.read_bytes()) for path in kept.iterdir()}
    return Run(found, metrics)


def poisoned_among(count: int, *, bad: Sequence[int]) -> list[ModelItem]:
    return [
        fakes.pair(str(at), greys=(fakes.POISON if at in bad else 100 + at, 50))
        for at in range(count)
    ]


def expect_scores(found: Run, items: Sequence[ModelItem]) -> None:
    """Every one of the items has the scores of the fake entailment model."""
    for item in items:
        greys = [float(item.images[f"image_{at}"][0, 0, 0]) for at in (1, 2)]
        expected = fakes.expected_entailment(*greys, SHARE)
        np.testing.assert_allclose(found.scores(item.content_key), expected, rtol=1e-5)
