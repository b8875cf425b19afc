"""Beam's RunInference with a preprocessing step for each item before it, as its pages teach.

Its handler for TensorFlow loads Keras files and no SavedModel that Keras 3 exports, so the loading
is ours; batches are of the size that all ways have, and everything else is Beam's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import apache_beam as beam
import tensorflow as tf
from apache_beam.ml.inference.base import ModelHandler, PredictionResult, RunInference
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from as_tensors import image, packer, read, signature, stacked
from clocks import given, slope, tell


class Handler(ModelHandler[Any, Any, Any]):
    """The SavedModel."""

    def __init__(self, job: dict[str, Any]) -> None:
        super().__init__()
        self._job = job

    def load_model(self) -> Any:
        return signature(self._job["model"], self._job["device"])

    def run_inference(
        self, batch: Sequence[Any], model: Any, inference_args: Any = None
    ) -> Iterable[PredictionResult]:
        return [PredictionResult(*each) for each in zip(batch, model(stacked(batch)), strict=True)]

    def batch_elements_kwargs(self) -> dict[str, int]:
        size = self._job["batch_size"]
        return {"min_batch_size": size, "max_batch_size": size}


class Prepare(beam.DoFn):  # type: ignore[misc]
    """Decodes, resizes, tokenises an item."""

    def __init__(self, vocabulary: str) -> None:
        self._vocabulary = vocabulary

    def setup(self) -> None:
        self._pack = packer(self._vocabulary)

    def process(self, row: dict[str, str]) -> Iterable[dict[str, Any]]:
        texts = self._pack(*(tf.constant([row[name]]) for name in ("text_1", "text_2")))
        images = {name: image(row[name]) for name in ("image_1", "image_2")}
        yield {**images, **{name: value[0] for name, value in texts.items()}}


def main(job: dict[str, Any]) -> None:
    options = PipelineOptions(["--direct_num_workers=1"])

    def work(rows: int) -> None:
        with beam.Pipeline(FnApiRunner(), options) as pipeline:
            (
                pipeline
                | beam.Create(read(job["records"], rows))
                | beam.ParDo(Prepare(job["vocabulary"]))
                | RunInference(Handler(job))
                | beam.combiners.Count.Globally()
                | beam.Map(_expect, rows=rows)
            )

    tell(slope(work, few=job["few"], rows=job["rows"]))


def _expect(found: int, *, rows: int) -> None:
    if found != rows:
        raise ValueError(f"{found} scores of {rows} rows")


if __name__ == "__main__":
    main(given())
