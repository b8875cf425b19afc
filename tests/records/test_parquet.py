from __future__ import annotations

import base64
import datetime
import io
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from moderation.records.parquet import parquet_rows, row_groups
from moderation.records.parquet_footer import open_parquet
from moderation.records.rows import BadRow, RawRow
from schemas.codes import Code


def written(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def read(
    data: bytes, *, row_group: int = 0, first_row: int = 1, needed: tuple[str, ...] | None = None
) -> list[RawRow | BadRow]:
    return list(
        parquet_rows(
            io.BytesIO(data),
            "f.parquet",
            row_group=row_group,
            first_row=first_row,
            max_row_bytes=10_000,
            needed=needed,
        )
    )


def values(array: pa.Array) -> list[Any]:
    rows = read(written(pa.table({"id": list(range(len(array))), "v": array})))
    assert all(isinstance(row, RawRow) for row in rows)
    return [row.fields["v"] for row in rows if isinstance(row, RawRow)]


def times(ticks: list[int], unit: str = "us", zone: str | None = None) -> pa.Array:
    return pa.array(ticks, pa.int64()).cast(pa.timestamp(unit, zone))


def text_of(raw: bytes) -> pa.Array:
    """A text column that holds what no writer should have let through."""
    offsets = pa.array([0, len(raw)], pa.int32()).buffers()[1]
    return pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(raw)])


@pytest.mark.parametrize(
    ("array", "plain"),
    [
        (times([2**63 - 1, -(2**63) + 1]), [None, None]),
        (times([253402300800000000, 0]), ["10000-01-01 00:00:00.000000", "1970-01-01T00:00:00"]),
        (times([0], zone="Mars/Olympus"), ["1970-01-01T00:00:00+00:00"]),
        (times([1_500_000_001], "ns"), ["1970-01-01T00:00:01.500000001"]),
        (pa.array([Decimal("0E-9"), Decimal("1050118621198921728"), Decimal("1.50")],
                  pa.decimal128(38, 9)), ["0", "1050118621198921728", "1.500000000"]),
        (pa.array([1.5, float("nan"), float("inf")]), [1.5, None, None]),
        (pa.array([datetime.date(2024, 2, 29)]), ["2024-02-29"]),
        (pa.array(["a", "a", None]).dictionary_encode(), ["a", "a", None]),
        (pa.array(["a", None], pa.large_string()), ["a", None]),
        (pa.array(["a", None], pa.string_view()), ["a", None]),
        (pa.array([[{"x": 2.0}], None]), [[{"x": 2.0}], None]),
        (text_of("cut 😀".encode()[:-1]), ["cut �"]),
        (text_of(b"caf\xe9"), [b"caf\xe9"]),
    ],
)  # fmt: skip
def test_every_value_is_plain_and_none_costs_its_row(array: pa.Array, plain: list[Any]) -> None:
    assert values(array) == plain


def test_columns_of_one_name_are_refused_as_in_csv() -> None:
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text", "text"])
    with pytest.raises(ValueError, match=r"repeats columns: \['text'\]"):
        row_groups(io.BytesIO(written(table)))


def test_a_row_group_that_cannot_be_read_says_how_many_rows_are_lost() -> None:
    table = pa.table({"id": [str(index) for index in range(1000)]})
    data = bytearray(written(table, row_group_size=500, compression="none", use_dictionary=False))
    footer = open_parquet(io.BytesIO(bytes(data))).file.metadata
    start = footer.row_group(1).column(0).data_page_offset
    data[start : start + 40] = bytes(40)
    groups, promised = row_groups(io.BytesIO(bytes(data)))
    assert (groups, promised) == ([500, 500], 1000)
    assert len(read(bytes(data))) == 500
    problem = read(bytes(data), row_group=1, first_row=501)[-1]
    assert isinstance(problem, BadRow)
    assert (problem.row, problem.code, problem.lost) == (None, Code.UNREADABLE_FILE, 500)
    assert "500 rows are lost" in problem.message


def damaged(column: str, at: float = 0.5) -> bytes:
    """1,000 rows in many pages, one column of which is damaged in the middle."""
    words = {name: [f"{name} of row {n}" for n in range(1000)] for name in ("id", "rider")}
    data = bytearray(
        written(
            pa.table(words),
            compression="none",
            use_dictionary=False,
            data_page_size=500,
            write_batch_size=20,
        )
    )
    place = {"id": 0, "rider": 1}[column]
    chunk = open_parquet(io.BytesIO(bytes(data))).file.metadata.row_group(0).column(place)
    start = chunk.data_page_offset + int(chunk.total_compressed_size * at)
    data[start : start + 200] = b"\xff" * 200
    return bytes(data)


def test_a_damaged_column_that_rides_along_is_null_and_costs_no_row() -> None:
    rows = read(damaged("rider"), needed=("id", "text"))
    found = [row.fields for row in rows if isinstance(row, RawRow)]
    assert [fields["id"] for fields in found] == [f"id of row {n}" for n in range(1000)]
    assert found[-1]["rider"] is None


def test_of_a_damaged_column_that_is_needed_the_rows_before_are_read() -> None:
    *rows, problem = read(damaged("id"), needed=("id",))
    assert 300 < len(rows) < 600
    assert isinstance(problem, BadRow)
    assert problem.lost == 1000 - len(rows)


def test_a_page_whose_checksum_tells_of_damage_is_not_believed() -> None:
    texts = [f"some text {n}" for n in range(100)]
    data = written(
        pa.table({"id": texts}), compression="none", use_dictionary=False,
        write_page_checksum=True,
    )  # fmt: skip
    assert len(read(data)) == 100
    [problem] = read(data.replace(b"text 50", b"test 50"))
    assert isinstance(problem, BadRow)
    assert problem.lost == 100


def test_lists_of_a_fixed_size_may_be_null() -> None:
    lists = pa.array([[1, 2], None], pa.list_(pa.int8(), 2))
    rows = read(written(pa.table({"id": ["a", "b"], "v": lists})), needed=("id",))
    assert [row.fields["v"] for row in rows if isinstance(row, RawRow)] == [[1, 2], None]


def test_a_footer_whose_arrow_schema_cannot_be_read_is_read_by_parquets_own() -> None:
    numbers = [2**70, -5]
    raw = [number.to_bytes(16, "little", signed=True) for number in numbers]
    table = pa.table({"id": ["1", "2"], "v": pa.array(raw, pa.binary(16))})
    theirs = _schema_of_128_bits(pa.schema({"id": pa.string(), "v": pa.int64()}))
    table = table.replace_schema_metadata({"OTHER:schema": theirs})
    data = written(table).replace(b"ARROW:schema", b"arrow:unused")
    data = data.replace(b"OTHER:schema", b"ARROW:schema")
    with pytest.raises(pa.ArrowNotImplementedError):
        pq.ParquetFile(io.BytesIO(data))
    assert row_groups(io.BytesIO(data)) == ([2], 2)
    rows = read(data)
    assert [row.fields["v"] for row in rows if isinstance(row, RawRow)] == numbers


def _schema_of_128_bits(schema: pa.Schema) -> bytes:
    """An Arrow schema whose integer has twice its bits, as Polars writes such columns."""
    message = bytearray(schema.serialize().to_pybytes())
    place = message.index((64).to_bytes(4, "little"))
    message[place : place + 4] = (128).to_bytes(4, "little")
    return base64.b64encode(bytes(message))


@pytest.mark.parametrize(
    ("kind", "large"),
    [
        (pa.string(), "x" * 10_001),
        (pa.binary(), b"x" * 10_001),
        (pa.list_(pa.string()), ["x" * 101] * 100),
        (pa.list_(pa.int64()), [7] * 1_251),
        (pa.map_(pa.string(), pa.int32()), [("x" * 10_001, 1)]),
        (pa.struct([("a", pa.struct([("b", pa.string())]))]), {"a": {"b": "x" * 10_001}}),
    ],
)
def test_a_row_is_as_large_as_what_its_columns_hold_inside(kind: pa.DataType, large: Any) -> None:
    table = pa.table({"id": [1, 2], "v": pa.array([None, large], kind)})
    plain, refused = read(written(table))
    assert isinstance(plain, RawRow)
    assert isinstance(refused, BadRow)
    assert (refused.row, refused.code) == (2, Code.ROW_TOO_LARGE)


def test_rows_that_are_too_large_by_the_footer_are_not_unpacked() -> None:
    table = pa.table({"id": [1, 2], "v": ["x" * 30_000, "y" * 30_000]})
    data = written(table, compression="none", use_dictionary=False)
    broken = data.replace(b"xxxx", b"", 1)  # nobody could read it to its end
    assert len(broken) < len(data)
    for each in (data, broken):
        found = read(each, first_row=5)
        assert all(isinstance(row, BadRow) for row in found)
        assert [(row.row, row.code) for row in found if isinstance(row, BadRow)] == [
            (5, Code.ROW_TOO_LARGE),
            (6, Code.ROW_TOO_LARGE),
        ]
