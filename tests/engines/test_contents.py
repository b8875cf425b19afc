"""What the comparison of engines finds, and what it passes over."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.engines.contents import contents, differences

ROW = {"row": 1, "decision": "clear", "p": 0.25, "scored_at": "2026-01-01"}
OTHER = {"row": 2, "decision": "flag", "p": 0.75, "scored_at": "2026-01-01"}


def run(
    *rows: Mapping[str, Any], place: str = "/here", parts: int = 1, **audit: Any
) -> dict[str, Any]:
    """A run's contents: verdicts in so many files, and an audit."""
    files = {
        "audit.json": json.dumps({"finished_at": "now", "at": f"{place}/in", **audit}).encode()
    }
    for part in range(parts):
        file = io.BytesIO()
        pq.write_table(pa.Table.from_pylist([dict(each) for each in rows[part::parts]]), file)
        files[f"verdicts/part-{part}.parquet"] = file.getvalue()
    return contents(files, rename={place: "PLACE"})


def test_order_files_times_and_places_do_not_count() -> None:
    later = [{**each, "scored_at": "2027-07-07"} for each in (OTHER, ROW)]
    one = run(ROW, OTHER, read=2)
    assert [*differences(one, run(*later, place="gs://there", parts=2, read=2))] == []


def test_a_probability_may_differ_by_the_last_digits_alone() -> None:
    one = run(ROW)
    assert [*differences(one, run({**ROW, "p": 0.25 + 1.9e-6}))] == []
    (found,) = differences(one, run({**ROW, "p": 0.25 + 2.1e-6}))
    assert found.startswith("/verdicts/*.parquet[0]/p: 0.25 and 0.25000")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (run({**ROW, "decision": "flag"}, read=1), "/verdicts/*.parquet[0]/decision: clear and f"),
        (run(ROW, ROW, read=1), "/verdicts/*.parquet: "),
        (run(ROW, read=2), "/audit.json/read: 1 and 2"),
        (run(ROW), "/audit.json/read: only here"),
        ({**run(ROW, read=1), "more.json": {}}, "/more.json: only there"),
        (run({**ROW, "p": None}, read=1), "/verdicts/*.parquet[0]/p: 0.25 and None"),
    ],
    ids=["decision", "rows", "figure", "field", "file", "none"],
)
def test_everything_else_counts(other: dict[str, Any], told: str) -> None:
    (found,) = differences(run(ROW, read=1), other)
    assert found.startswith(told)
