from __future__ import annotations

import json
from typing import Any

import pytest

from moderation.records.arrow_values import plain_column
from moderation.records.extended_json import plain_value
from moderation.records.jsonl import parse_row
from moderation.records.rows import RawRow


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ({"$oid": "65b0c0ffee"}, "65b0c0ffee"),
        ({"$numberLong": "1357120306201124864"}, 1357120306201124864),
        ({"$numberInt": "7"}, 7),
        ({"$numberDouble": "0.5"}, 0.5),
        ({"$numberDouble": "NaN"}, None),
        ({"$numberDecimal": "1.10"}, "1.10"),
        ({"$date": "2026-11-01T00:00:00Z"}, "2026-11-01T00:00:00Z"),
        ({"$date": {"$numberLong": "1700000000123"}}, "2023-11-14T22:13:20.123+00:00"),
        ({"$binary": {"base64": "aGk=", "subType": "00"}}, b"hi"),
        ({"$binary": "aGk=", "$type": "00"}, b"hi"),
        ({"$undefined": True}, None),
        ({"in": [{"$oid": "a"}]}, {"in": ["a"]}),
        ({"$numberLong": "seven"}, {"$numberLong": "seven"}),
        ({"$oid": "a", "b": 1}, {"$oid": "a", "b": 1}),
        ({"$price": "a"}, {"$price": "a"}),
        ({}, {}),
    ],
)
def test_extended_values_are_what_they_stand_for(value: Any, plain: Any) -> None:
    assert plain_value(value) == plain


def test_a_line_of_mongoexport_is_a_plain_row() -> None:
    line = {"_id": {"$oid": "65b0"}, "text": 'a "$oid" in a text', "n": {"$numberLong": "5"}}
    row = parse_row(json.dumps(line).encode(), "f", 1)
    assert isinstance(row, RawRow)
    assert row.fields == {"_id": "65b0", "text": 'a "$oid" in a text', "n": 5}


def test_a_struct_of_parquet_that_was_one_is_plain_too() -> None:
    import pyarrow as pa

    assert plain_column(pa.array([{"$oid": "65b0"}, None])) == ["65b0", None]
