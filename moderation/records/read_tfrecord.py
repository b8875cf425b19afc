"""Examples read back: a set's ``info.json`` and its TFRecords as a ``tf.data.Dataset``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from moderation.storage import files
from schemas.datasets import DatasetInfo, ImageEncoding

if TYPE_CHECKING:
    import tensorflow as tf

_SHUFFLED = 8_192
_READ_AT_ONCE = 8


class DatasetError(ValueError):
    """A set of examples that cannot be read; the message says what to do."""


def read_info(path: str) -> DatasetInfo:
    """What a run of ``pipelines.preprocess`` says of its examples.

    Args:
        path: the run directory, local or remote.

    Raises:
        DatasetError: where there is no set, or one that was not committed.
    """
    folder = path.rstrip("/")
    if not files.exists(f"{folder}/info.json"):
        raise DatasetError(f"{path!r} holds no info.json: name a run directory of preprocess")
    if not files.exists(f"{folder}/_SUCCESS"):
        raise DatasetError(f"{path!r} was not committed: there is no _SUCCESS in it")
    try:
        return DatasetInfo.model_validate_json(files.read_bytes(f"{folder}/info.json"))
    except ValidationError as error:
        raise DatasetError(f"{path}/info.json is none of ours: {error}") from error


def dataset(
    path: str,
    *,
    split: str,
    batch_size: int | None = None,
    seed: int | None = None,
    shuffle_buffer: int = _SHUFFLED,
    repeat: bool = False,
    drop_remainder: bool = False,
    decode_images: bool = True,
    read_at_once: int = _READ_AT_ONCE,
) -> tf.data.Dataset:
    """One split as a ``tf.data.Dataset`` of dicts by feature name.

    Args:
        path: the run directory of ``pipelines.preprocess``, local or remote.
        split: one of the set's.
        batch_size: examples a batch; None: single examples, without the leading dimension.
        seed: shuffle files and examples, anew every epoch, the same for equal seeds; None: in
            the order of the files.
        shuffle_buffer: encoded examples that are shuffled among each other, in memory.
        repeat: go on for ever.
        drop_remainder: leave out a last batch that is not full.
        decode_images: images as uint8 ``[height, width, 3]``, RGB, zeros where ``presence`` says
            there is none; False: their bytes.
        read_at_once: files that are read beside each other.

    Returns:
        Elements with every feature of ``info.json``, at ``[batch, *shape]``.

    Raises:
        DatasetError: where there is no committed set or no such split.
    """
    import tensorflow as tf

    info = read_info(path)
    if split not in info.splits:
        raise DatasetError(f"split {split!r}: {path!r} has {', '.join(info.splits)}")
    files = [f"{path.rstrip('/')}/{shard.path}" for shard in info.splits[split].shards]
    records = _records(files, info, seed=seed, read_at_once=read_at_once)
    if seed is not None:
        records = records.shuffle(shuffle_buffer, seed=seed, reshuffle_each_iteration=True)
    if repeat:
        records = records.repeat()
    parsed = records.map(
        _parser(info, decode_images=decode_images),
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )
    if batch_size is not None:
        parsed = parsed.batch(batch_size, drop_remainder=drop_remainder)
    return parsed.prefetch(tf.data.AUTOTUNE)


def _records(
    files: list[str], info: DatasetInfo, *, seed: int | None, read_at_once: int
) -> tf.data.Dataset:
    import tensorflow as tf

    if not files:
        return tf.data.Dataset.from_tensor_slices(tf.constant([], dtype=tf.string))
    paths = tf.data.Dataset.from_tensor_slices(files)
    if seed is None:
        return tf.data.TFRecordDataset(paths, compression_type=info.compression)
    paths = paths.shuffle(len(files), seed=seed, reshuffle_each_iteration=True)
    return paths.interleave(
        lambda file: tf.data.TFRecordDataset(file, compression_type=info.compression),
        cycle_length=min(read_at_once, len(files)),
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )


def parse_spec(info: DatasetInfo) -> dict[str, Any]:
    """The features as ``tf.io.parse_example`` takes them."""
    import tensorflow as tf

    return {
        spec.name: tf.io.FixedLenFeature(spec.shape, tf.dtypes.as_dtype(spec.dtype))
        for spec in info.features
    }


def _parser(info: DatasetInfo, *, decode_images: bool) -> Any:
    import tensorflow as tf

    spec = parse_spec(info)
    images = [feature for feature in info.features if feature.role == "image"]

    def parse(record: tf.Tensor) -> dict[str, tf.Tensor]:
        example = tf.io.parse_single_example(record, spec)
        if decode_images:
            for feature in images:
                example[feature.name] = decode_image(example[feature.name], info)
        return dict(example)

    # Graph operations already: to convert it would take longer than to trace it.
    return tf.autograph.experimental.do_not_convert(parse)


def decode_image(data: tf.Tensor, info: DatasetInfo) -> tf.Tensor:
    """One image feature's bytes → uint8 ``[height, width, 3]``, RGB; zeros where there are none."""
    import tensorflow as tf

    shape = (info.image.height, info.image.width, 3)

    def pixels() -> tf.Tensor:
        if info.image.encoding is ImageEncoding.RAW:
            return tf.reshape(tf.io.decode_raw(data, tf.uint8), shape)
        if info.image.encoding is ImageEncoding.PNG:
            return tf.io.decode_png(data, channels=3)
        return tf.io.decode_jpeg(data, channels=3, dct_method="INTEGER_ACCURATE")

    there = tf.strings.length(data) > 0
    image = tf.cond(there, pixels, lambda: tf.zeros(shape, dtype=tf.uint8))
    return tf.ensure_shape(image, shape)
