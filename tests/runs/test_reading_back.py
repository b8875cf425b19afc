"""The readings of verdicts that docs/operations.md gives."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq


def runs(root: Path) -> list[str]:
    """Tables as two runs lay them: ids that a reader of folders takes for a number and a date."""
    files = []
    for run_id in ("0012", "2026-11-01"):
        file = root / f"run_id={run_id}" / "verdicts" / "part-00000-of-00001.parquet"
        file.parent.mkdir(parents=True)
        pq.write_table(pa.table({"run_id": [run_id], "p": pa.array([{"a": 0.5}])}), file)
        files.append(str(file))
    return files


def test_the_column_run_id_is_read_and_not_the_folder(tmp_path: Path) -> None:
    files = runs(tmp_path)
    assert pd.read_parquet(files, partitioning=None)["run_id"].tolist() == ["0012", "2026-11-01"]
    found = ds.dataset(files, format="parquet", partitioning=None).to_table()
    assert found["run_id"].to_pylist() == ["0012", "2026-11-01"]
    assert "partitioning=None" in Path("docs/warehouse.md").read_text()
