"""Beam's model handler for a bundle. Imports Beam; TensorFlow only on a worker."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from apache_beam.metrics import Metrics
from apache_beam.ml.inference.base import ModelHandler, PredictionResult

from moderation.models.bundle import Bundle
from moderation.models.calls import Result
from moderation.models.halving import Tally
from moderation.models.loading import LoadedBundle, load
from moderation.models.scorer import Scorer
from moderation.models.types import ItemFailure, ModelItem
from moderation.profiling.meter import SIGNATURE, meter
from schemas.codes import Code
from schemas.profile import ProfileStage
from schemas.records import Kind

METRICS_NAMESPACE = "moderation.models"
_log = logging.getLogger(__name__)


class BundleHandler(ModelHandler[ModelItem, PredictionResult, LoadedBundle]):
    """Scores items of one kind, for ``RunInference``.

    Each :class:`PredictionResult` hands its item back as ``example`` and has a
    :class:`Scores` or an :class:`ItemFailure` as ``inference``. A bad item never
    costs another its scores; a model that is broken as a whole raises
    :class:`ModelError`.

    Args:
        bundle: as ``open_bundle`` gave it.
        kind: of every item; a run with two kinds has two handlers, which share one model.
        batch_size: items a call to the model.

    >>> from moderation.models.bundle import open_bundle
    >>> from moderation.starter import bundle_path
    >>> handler = BundleHandler(open_bundle(str(bundle_path())), Kind.MEME, batch_size=8)
    >>> items = [ModelItem(text, Kind.MEME, {"text": text}) for text in ("good morning", "hello")]
    >>> results = handler.run_inference(items, handler.load_model())  # as RunInference calls it
    >>> [result.example.content_key for result in results]
    ['good morning', 'hello']
    >>> not_hateful, hateful = results[0].inference.probabilities["hateful"]
    >>> not_hateful > hateful
    True
    """

    def __init__(self, bundle: Bundle, kind: Kind, *, batch_size: int = 32) -> None:
        if batch_size < 1:
            raise ValueError(f"batch_size is {batch_size}; one item is the least")
        super().__init__()
        self._bundle = bundle
        self._kind = kind
        self._batch_size = batch_size

    def batch_elements_kwargs(self) -> dict[str, int]:
        """A fixed size: left alone, Beam grows batches up to 10,000 by measured time."""
        return {"min_batch_size": self._batch_size, "max_batch_size": self._batch_size}

    def load_model(self) -> LoadedBundle:
        """Loads the model and asks it about a plain item, before any real one."""
        began = time.monotonic()
        with meter.process(ProfileStage.LOAD, items=1), meter.deaf():
            loaded = load(self._bundle)
            loaded.scorer(self._kind, self._bundle.precision)
        card, seconds = self._bundle.card, time.monotonic() - began
        _log.info(
            "model %s %s is loaded for %ss: %.1f s",
            card.name,
            card.version,
            self._kind.value,
            seconds,
        )
        return loaded

    def run_inference(
        self,
        batch: Sequence[ModelItem],
        model: LoadedBundle,
        inference_args: dict[str, Any] | None = None,
    ) -> list[PredictionResult]:
        """One result per item, in order, as a list: Beam counts failures only of lists."""
        scorer = model.scorer(self._kind, self._bundle.precision)
        tally = Tally()
        with meter.process(ProfileStage.INFER, items=len(batch)):
            results = scorer.score(batch, batch_size=self._batch_size, tally=tally)
        _count_calls(scorer)
        if all(_blames_the_model(each) for each in results):
            model.probe(scorer, self._kind)
        _count(batch, results, tally=tally, ceiling=scorer.ceiling.value)
        model_id = self._bundle.fingerprint
        return [
            PredictionResult(item, result, model_id)
            for item, result in zip(batch, results, strict=True)
        ]

    def get_num_bytes(self, batch: Sequence[ModelItem]) -> int:
        """Bytes of pixels and text; Beam's default would pickle every batch to count them."""
        return sum(
            sum(image.nbytes for image in item.images.values())
            + sum(len(text) for text in item.texts.values())
            for item in batch
        )

    def get_metrics_namespace(self) -> str:
        """Beside our own counters, Beam's latency and size figures are found here."""
        return METRICS_NAMESPACE

    def validate_inference_args(self, inference_args: dict[str, Any] | None) -> None:
        """Everything a call needs is on the card."""
        if inference_args:
            raise ValueError("inference_args are not taken; the model's card says it all")


class BatchHandler(ModelHandler[list[ModelItem], list[PredictionResult], LoadedBundle]):
    """A ``BundleHandler`` whose elements are batches: lists of items in, lists of results out.

    For a pipeline whose items travel in lists already: Beam passes a list on at the price of one.
    """

    def __init__(self, items: BundleHandler) -> None:
        super().__init__()
        self._items = items

    def batch_elements_kwargs(self) -> dict[str, int]:
        """Each element is a batch."""
        return {"min_batch_size": 1, "max_batch_size": 1}

    def load_model(self) -> LoadedBundle:
        """As for single items."""
        return self._items.load_model()

    def run_inference(
        self,
        batch: Sequence[list[ModelItem]],
        model: LoadedBundle,
        inference_args: dict[str, Any] | None = None,
    ) -> list[list[PredictionResult]]:
        """Of each list, one result per item, in order."""
        return [self._items.run_inference(items, model, inference_args) for items in batch]

    def get_num_bytes(self, batch: Sequence[list[ModelItem]]) -> int:
        """Bytes of pixels and text of all items."""
        return sum(map(self._items.get_num_bytes, batch))

    def get_metrics_namespace(self) -> str:
        """As for single items."""
        return METRICS_NAMESPACE

    def validate_inference_args(self, inference_args: dict[str, Any] | None) -> None:
        """As for single items."""
        self._items.validate_inference_args(inference_args)


def _blames_the_model(result: Result) -> bool:
    return isinstance(result, ItemFailure) and result.code is not Code.MISSING_MODALITY


def _count_calls(scorer: Scorer) -> None:
    if meter.on:
        for call in scorer.calls:
            how = "two_steps" if call.called.two_steps else "whole"
            tasks = ", ".join(task.name for task in call.tasks)
            meter.count(SIGNATURE, tasks, how, call.called.why)


def _count(
    items: Sequence[ModelItem], results: Sequence[Result], *, tally: Tally, ceiling: int | None
) -> None:
    failures = [result for result in results if isinstance(result, ItemFailure)]
    counts = {
        "items": len(items),
        "batches": 1,
        "calls": tally.calls,
        "failed_calls": tally.failed_calls,
        "halvings": tally.halvings,
        "exhaustions": tally.exhaustions,
        "failed_items": len(failures),
    }
    for name, count in counts.items():
        if count:
            Metrics.counter(METRICS_NAMESPACE, name).inc(count)
    if ceiling is not None:
        Metrics.gauge(METRICS_NAMESPACE, "batch_ceiling").set(ceiling)
