"""A label that a file has as a number is read by its name, in every file's own order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from moderation.records.class_labels import class_labels
from moderation.records.rows import RawRow
from moderation.records.spans import plan_spans, read_span
from moderation.storage.input_files import Format, InputFile


def write(path: Path, columns: dict[str, Any], features: Any) -> None:
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    table = pa.table(columns)
    pq.write_table(table.replace_schema_metadata(metadata), path)


def read(path: Path) -> list[dict[str, Any]]:
    file = InputFile(str(path), path.stat().st_size, Format.PARQUET)
    rows = [row for span in plan_spans(file) for row in read_span(span, max_row_bytes=1 << 20)]
    assert all(isinstance(row, RawRow) for row in rows)
    return [dict(row.fields) for row in rows if isinstance(row, RawRow)]


def label(*names: str) -> dict[str, Any]:
    return {"names": list(names), "_type": "ClassLabel"}


def test_numbers_are_read_by_the_names_of_their_own_file(tmp_path: Path) -> None:
    for name, order in (("a", ("no", "yes")), ("b", ("yes", "no"))):
        write(tmp_path / name, {"id": ["x", "y"], "label": [0, 1]}, {"label": label(*order)})
    assert [row["label"] for row in read(tmp_path / "a")] == ["no", "yes"]
    assert [row["label"] for row in read(tmp_path / "b")] == ["yes", "no"]


def test_no_label_is_none_and_a_number_without_a_name_stays(tmp_path: Path) -> None:
    write(tmp_path / "a", {"label": [-1, None, 7, 0]}, {"label": label("no", "yes")})
    assert [row["label"] for row in read(tmp_path / "a")] == [None, None, 7, "no"]


@pytest.mark.parametrize(
    "feature",
    [[label("a", "b")], {"feature": label("a", "b"), "_type": "List"},
     {"feature": label("a", "b"), "_type": "Sequence"}],
    ids=["list", "List", "Sequence"],
)  # fmt: skip
def test_lists_of_labels_are_lists_of_names(tmp_path: Path, feature: Any) -> None:
    write(tmp_path / "a", {"label": [[1, 0], [], None]}, {"label": feature})
    assert [row["label"] for row in read(tmp_path / "a")] == [["b", "a"], [], None]


@pytest.mark.parametrize(
    "told",
    ["", "[]", "{", '{"info": null}', '{"info": {"features": []}}',
     '{"info": {"features": {"label": 3}}}',
     '{"info": {"features": {"label": {"_type": "ClassLabel", "names": [1, 2]}}}}'],
)  # fmt: skip
def test_metadata_of_another_form_tells_nothing(told: str) -> None:
    assert class_labels({b"huggingface": told.encode()}) == {}
    assert class_labels(None) == {}
