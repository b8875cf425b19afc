"""The lines of docs/warehouse.md, run as they stand: ids and run ids stay text in every reader."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from moderation.storage.shards import TableLayout
from moderation.verdicts.run_tables import VERDICT_SCHEMA
from tests.runs import scored

PAGE = Path(__file__).resolve().parents[2] / "docs" / "warehouse.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
FILES, *READERS = BLOCKS
READERS = [block for block in READERS if not block.startswith("# Spark")]

RUN_IDS = ("0012", "1e5", "2026-01-01", "20260102")
"""A number, one with an exponent, a date and a date without dashes, to whoever infers."""
ITEM_IDS = ("007", "18446744073709551617")


@pytest.fixture(params=[RUN_IDS, *[(each,) for each in RUN_IDS]], ids=" ".join)
def runs(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, ...]:
    """Runs below ``runs/`` of the working folder, in both formats; one more is not committed."""
    monkeypatch.chdir(tmp_path)
    for run_id in (*request.param, "9999"):
        run = tmp_path / "runs" / f"run_id={run_id}"
        rows = [scored.verdict(0) | {"item_id": each, "run_id": run_id} for each in ITEM_IDS]
        for schema in (VERDICT_SCHEMA, None):
            scored.table(run, TableLayout("verdicts", schema), rows)
        if run_id != "9999":
            (run / "_SUCCESS").touch()
    ids: tuple[str, ...] = request.param
    return ids


def columns(table: Any) -> dict[str, list[Any]]:
    """Two columns of whatever a reader gives, as Python's values."""
    rows = table.fetchall() if hasattr(table, "fetchall") else None
    if rows is not None:
        return {
            name: [row[table.columns.index(name)] for row in rows] for name in ("item_id", "run_id")
        }
    return {
        name: table[name].to_pylist() if hasattr(table[name], "to_pylist") else list(table[name])
        for name in ("item_id", "run_id")
    }


@pytest.mark.parametrize("reader", READERS, ids=lambda block: block.splitlines()[0].strip("# "))
def test_a_readers_line_leaves_ids_text(runs: tuple[str, ...], reader: str) -> None:
    names: dict[str, Any] = {}
    exec(FILES + reader, names)
    assert columns(names["table"]) == {
        "item_id": [*ITEM_IDS] * len(runs),
        "run_id": [each for each in sorted(runs) for _ in ITEM_IDS],
    }
