"""Ray Data: ``map`` decodes and resizes an item, ``map_batches`` tokenises and calls the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import ray
from clocks import given, slope, tell
from PIL import Image

SIDE = 128


def decoded(row: dict[str, Any]) -> dict[str, Any]:
    """An item with its pictures, uint8 [128, 128, 3]."""
    for name in ("image_1", "image_2"):
        with Image.open(row[name]) as file:
            row[name] = np.asarray(file.convert("RGB").resize((SIDE, SIDE)))
    return row


class Model:
    """The SavedModel, loaded once for an actor."""

    def __init__(self, job: dict[str, Any]) -> None:
        from as_tensors import packer, signature

        self._call, self._pack = signature(job["model"], job["device"]), packer(job["vocabulary"])

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        texts = (batch[name].astype(object) for name in ("text_1", "text_2"))
        images = {name: batch[name].astype(np.float32) for name in ("image_1", "image_2")}
        return {"scores": self._call({**images, **self._pack(*texts)})}


def main(job: dict[str, Any]) -> None:
    from as_tensors import read

    ray.init(include_dashboard=False, log_to_driver=False, logging_level="error")
    ray.data.DataContext.get_current().enable_progress_bars = False
    gpus = 1 if job["device"] == "GPU" else 0

    def work(rows: int) -> None:
        scored = (
            ray.data.from_items(read(job["records"], rows))
            .map(decoded)
            .map_batches(
                Model,
                fn_constructor_args=(job,),
                batch_size=job["batch_size"],
                concurrency=1,
                num_gpus=gpus,
            )
        )
        done = sum(len(batch["scores"]) for batch in scored.iter_batches(batch_size=None))
        assert done == rows, (done, rows)

    costs = slope(work, few=job["few"], rows=job["rows"])
    ray.shutdown()
    tell(costs)


if __name__ == "__main__":
    main(given())
