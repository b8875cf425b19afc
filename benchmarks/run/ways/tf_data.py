"""A plain loop over ``tf.data`` that decodes, resizes, tokenises and calls the SavedModel."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from as_tensors import FIELDS, image, packer, read, signature
from clocks import given, slope, tell


def main(job: dict[str, Any]) -> None:
    call, pack = signature(job["model"], job["device"]), packer(job["vocabulary"])

    def load(row: Any) -> dict[str, Any]:
        return {name: image(row[name]) if "image" in name else row[name] for name in FIELDS}

    def fed(batch: dict[str, Any]) -> dict[str, Any]:
        texts = [batch.pop(f"text_{side}") for side in (1, 2)]
        return {**batch, **pack(*texts)}

    def work(rows: int) -> None:
        found = read(job["records"], rows)
        data = (
            tf.data.Dataset.from_tensor_slices({n: [row[n] for row in found] for n in FIELDS})
            .map(load, num_parallel_calls=tf.data.AUTOTUNE)
            .batch(job["batch_size"])
            .map(fed, num_parallel_calls=tf.data.AUTOTUNE)
            .prefetch(tf.data.AUTOTUNE)
        )
        done = sum(len(call(batch)) for batch in data)
        assert done == rows, (done, rows)

    tell(slope(work, few=job["few"], rows=job["rows"]))


if __name__ == "__main__":
    main(given())
