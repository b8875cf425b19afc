"""BigQuery's columns fit the files that runs write, and Google's own client reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import schemas
from moderation.verdicts.run_tables import VERDICT_SCHEMA
from schemas.verdicts import DeadLetter, Verdict
from tests.runs import scored

FOLDER = Path(schemas.__file__).parent / "bigquery"
Columns = Sequence[Mapping[str, Any]]


def shipped(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text())
    return loaded


def loaded_as(field: pa.Field) -> dict[str, Any]:
    """What BigQuery makes of a Parquet column, with inference of lists."""
    kind, mode = field.type, "NULLABLE"
    if pa.types.is_list(kind):
        kind, mode = kind.value_type, "REPEATED"
    made: dict[str, Any] = {"name": field.name, "mode": mode}
    if pa.types.is_map(kind):
        parts = [pa.field("key", kind.key_type), pa.field("value", kind.item_type)]
        inner = {"name": "key_value", "type": "RECORD", "mode": "REPEATED"}
        return made | {
            "type": "RECORD",
            "fields": [inner | {"fields": [loaded_as(part) for part in parts]}],
        }
    if pa.types.is_struct(kind):
        return made | {"type": "RECORD", "fields": [loaded_as(part) for part in kind]}
    names = {pa.string(): "STRING", pa.int64(): "INTEGER", pa.int32(): "INTEGER"}
    names |= {pa.float64(): "FLOAT", pa.bool_(): "BOOLEAN"}
    return made | {"type": names[kind]}


def by_name(columns: Columns) -> dict[str, Any]:
    return {
        each["name"]: {
            **each,
            **({"fields": by_name(each["fields"])} if "fields" in each else {}),
        }
        for each in columns
    }


def test_the_verdicts_columns_are_those_of_the_parquet_files() -> None:
    assert by_name(shipped("verdict")) == by_name([loaded_as(each) for each in VERDICT_SCHEMA])


def misfits(value: Any, column: Mapping[str, Any], *, within: bool = False) -> Iterator[str]:
    """Why a loader of JSON Lines would refuse a value."""
    if column["mode"] == "REPEATED" and not within:
        assert isinstance(value, list)
        for each in value:
            yield from misfits(each, column, within=True)
    elif value is not None and column["type"] == "RECORD":
        known = {part["name"]: part for part in column["fields"]}
        yield from (f"no column {name}" for name in value.keys() - known.keys())
        for name in value.keys() & known.keys():
            yield from misfits(value[name], known[name])
    elif value is not None and column["type"] != "JSON":
        takes = {"STRING": str, "INTEGER": int, "BOOLEAN": bool, "FLOAT": float}[column["type"]]
        if type(value) is not takes:
            yield f"{column['name']}: {value!r} is no {column['type']}"


VERDICT = Verdict.model_validate(
    scored.verdict(0)
    | {
        "images": [{"field": "img", "reference": "a.png", "status": "ok", "bytes": 3}],
        "hash_matches": [
            {
                "field": "img",
                "bank": "b",
                "entry": "1",
                "algorithm": "pdq",
                "distance": 2,
                "matched_as": "picture",
                "others": 0,
                "tags": ["t"],
                "text": None,
            }
        ],
    }
)
LETTER = {
    "runs": 2,
    "first_run_id": "a",
    "first_code": "dns",
    "first_at": None,
    "parent_run_id": "b",
    "passed_on": False,
}


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("verdict_jsonl", VERDICT.model_dump(mode="json")),
        ("dead_letter", scored.LETTER | {"record": {"id": "7", "more": [1]}, "history": LETTER}),
        ("dead_letter", DeadLetter.model_validate(scored.LETTER).model_dump(mode="json")),
    ],
)
def test_a_line_fits_its_tables_columns(name: str, row: dict[str, Any]) -> None:
    table = {"name": name, "type": "RECORD", "mode": "NULLABLE", "fields": shipped(name)}
    assert list(misfits(row, table)) == []
    assert list(misfits(row | {"item_id": 7, "further": 1}, table)) != []


def test_lines_of_a_run_fit(tmp_path: Path) -> None:
    run = scored.make(tmp_path / "run_id=t", file_format="jsonl")
    for table, name in (
        ("verdicts", "verdict_jsonl"),
        ("dead_letters", "dead_letter"),
        ("review_queue", "review_entry"),
    ):
        column = {"name": table, "type": "RECORD", "mode": "NULLABLE", "fields": shipped(name)}
        (file,) = (run / table).iterdir()
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        assert rows
        assert [why for row in rows for why in misfits(row, column)] == []


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_googles_client_reads_the_columns(name: str) -> None:
    bigquery = pytest.importorskip("google.cloud.bigquery", reason="it is in the gcp extra")
    read = [bigquery.SchemaField.from_api_repr(each) for each in shipped(name)]
    assert [each.name for each in read] == [each["name"] for each in shipped(name)]
    assert [bigquery.SchemaField.to_api_repr(each) for each in read] == shipped(name)
