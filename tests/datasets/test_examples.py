from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf

from moderation.datasets.examples import feature_specs, serialise
from moderation.datasets.write_examples import RecordWriter
from schemas.datasets import ImageEncoding
from schemas.records import Kind

SPECS = feature_specs([Kind.MEME], encoding=ImageEncoding.JPEG, height=8, width=8)
VALUES: dict[str, Any] = {"text": "Grüße 👋", "img": b"\xff\xd8", "presence": [1], "label_index": 1}


def test_tensorflow_s_own_message_reads_an_example() -> None:
    example = tf.train.Example.FromString(serialise(VALUES, SPECS))
    features = example.features.feature
    assert set(features) == {spec.name for spec in SPECS}
    assert features["text"].bytes_list.value[0].decode() == "Grüße 👋"
    assert features["presence"].int64_list.value == [1]
    assert features["item_id"].bytes_list.value == [b""]


def test_equal_values_in_another_order_give_equal_bytes() -> None:
    turned = dict(reversed(VALUES.items()))
    assert serialise(VALUES, SPECS) == serialise(turned, SPECS[::-1])


@pytest.mark.parametrize("compressed", [False, True])
def test_tensorflow_reads_the_framing_and_its_checksums(tmp_path: Path, compressed: bool) -> None:
    records = [b"", b"a", bytes(range(256)) * 400]
    writer = RecordWriter(str(tmp_path / "r"), compressed=compressed)
    for record in records:
        writer.write(record)
    shard = writer.close("train")
    assert (shard.rows, shard.bytes) == (3, (tmp_path / "r").stat().st_size)
    found = tf.data.TFRecordDataset(shard.path, compression_type="GZIP" if compressed else "")
    assert [record.numpy() for record in found] == records


def test_a_compressed_file_holds_no_time(tmp_path: Path) -> None:
    writer = RecordWriter(str(tmp_path / "r"), compressed=True)
    writer.write(b"x")
    writer.close("train")
    assert (tmp_path / "r").read_bytes()[4:8] == bytes(4)
    assert gzip.decompress((tmp_path / "r").read_bytes())[12:13] == b"x"
