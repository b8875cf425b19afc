"""What a signature takes as bytes: images as files, records as ``tf.train.Example``s; constants."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.models.savedmodel import TensorSpec
from moderation.models.types import ModelItem
from schemas.card import ImageSpec

_FASTEST_PNG = 1
"""A file that is read at once and thrown away need not be small."""


def encoded_images(items: Sequence[ModelItem], *, field: str, spec: ImageSpec) -> Any:
    """string ``[batch]``: each image as a file of its own; a missing image is black."""
    import tensorflow as tf

    black = np.zeros((spec.height, spec.width, 3), dtype=np.uint8)
    return tf.constant([_file(item.images.get(field, black), spec) for item in items])


def _file(pixels: NDArray[np.uint8], spec: ImageSpec) -> bytes:
    from PIL import Image

    sink, image = io.BytesIO(), Image.fromarray(pixels)
    if spec.encoding == "png":
        image.save(sink, "PNG", compress_level=_FASTEST_PNG)
    else:
        image.save(sink, "JPEG", quality=spec.quality, subsampling=0)  # colours of every pixel
    return sink.getvalue()


def serialized(columns: Mapping[str, Any], *, rows: int) -> Any:
    """string ``[batch]``: one serialized ``tf.train.Example`` a row.

    Args:
        columns: by feature, an array or tensor ``[batch, …]``, or one value for all rows.
        rows: of the batch.
    """
    import tensorflow as tf

    arrays = {
        name: np.asarray(values)
        if hasattr(values, "shape")
        else np.full(rows, values, dtype=object if isinstance(values, str) else None)
        for name, values in columns.items()
    }
    features = (
        tf.train.Features(feature={name: _feature(each[row]) for name, each in arrays.items()})
        for row in range(rows)
    )
    return tf.constant([tf.train.Example(features=row).SerializeToString() for row in features])


def _feature(value: Any) -> Any:
    import tensorflow as tf

    flat = np.ravel(value).tolist()
    if isinstance(flat[0], bytes | str):
        raw = [each.encode() if isinstance(each, str) else each for each in flat]
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=raw))
    if isinstance(flat[0], float):
        return tf.train.Feature(float_list=tf.train.FloatList(value=flat))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[int(each) for each in flat]))


def constant(value: Any, tensor: TensorSpec, *, rows: int) -> Any:
    """One value in the form of an input: ``[]``, or as many rows as the batch has."""
    import tensorflow as tf

    shape = [rows if size is None else size for size in tensor.shape or ()]
    return tf.fill(shape, tf.constant(value, dtype=tensor.dtype))
