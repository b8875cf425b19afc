from __future__ import annotations

import hashlib
import json
from pathlib import Path

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that

from moderation.storage.shards import Rows, Shard, StagedFile, TableLayout, WriteShards

SCHEMA = pa.schema([("id", pa.int64()), ("name", pa.string())])


def write(layout: TableLayout, folder: Path, rows: int, *, rows_per_file: int) -> list[Shard]:
    found: list[Shard] = []

    def collect(shards: list[Shard]) -> None:
        (folder / "shards.json").write_text(
            json.dumps([[s.path, s.rows, s.bytes, s.sha256] for s in shards])
        )

    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        shards = (
            pipeline
            | beam.Create([{"id": index, "name": f"n{index}"} for index in range(rows)])
            | beam.ParDo(WriteShards(layout, str(folder), rows_per_file=rows_per_file))
        )
        assert_that(shards, collect)
    for path, count, size, digest in json.loads((folder / "shards.json").read_text()):
        found.append(Shard(layout.table, layout.extension, path, count, size, digest))
    return found


@pytest.mark.parametrize("schema", [SCHEMA, None])
def test_every_row_is_in_one_shard_that_says_what_it_holds(
    tmp_path: Path, schema: pa.Schema | None
) -> None:
    shards = write(TableLayout("t", schema), tmp_path, 5_000, rows_per_file=2_100)
    ids: list[int] = []
    for shard in shards:
        data = Path(shard.path).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (shard.bytes, shard.sha256)
        if schema is None:
            rows = [json.loads(line) for line in data.splitlines()]
        else:
            rows = pq.read_table(shard.path).to_pylist()
        assert len(rows) == shard.rows <= 2_100
        ids += [row["id"] for row in rows]
    assert sorted(ids) == list(range(5_000))
    assert len(shards) >= 3


def test_no_rows_make_no_files(tmp_path: Path) -> None:
    assert write(TableLayout("t", SCHEMA), tmp_path, 0, rows_per_file=10) == []


@pytest.mark.parametrize("schema", [SCHEMA, None])
def test_rows_that_come_together_are_written_as_single_ones_are(
    tmp_path: Path, schema: pa.Schema | None
) -> None:
    values = [(index, None if index % 3 else f"n{index}") for index in range(20)]
    single, together = (StagedFile(TableLayout("t", schema), str(tmp_path)) for _ in range(2))
    for index, name in values:
        single.add({"id": index, "name": name})
    together.add_rows(Rows(("id", "name"), values[:7]))
    together.add_rows(Rows(("id", "name"), values[7:]))
    one, other = single.close(), together.close()
    assert (one.rows, one.sha256) == (other.rows, other.sha256) == (20, one.sha256)


def test_rows_that_come_together_are_parted_where_a_file_is_full(tmp_path: Path) -> None:
    writer = WriteShards(TableLayout("t"), str(tmp_path), rows_per_file=4)
    writer.start_bundle()
    shards = [*writer.process(Rows(("id",), [(index,) for index in range(10)]))]
    shards += [*writer.process({"id": 10}), *writer.process({"id": 11})]
    lines = [line for shard in shards for line in Path(shard.path).read_text().splitlines()]
    assert [shard.rows for shard in shards] == [4, 4, 4]
    assert [json.loads(line)["id"] for line in lines] == [*range(12)]
    assert [*writer.finish_bundle()] == []
