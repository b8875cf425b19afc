"""Decisions of two runs side by side, held against pandas."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pandas as pd
import pytest

from moderation.storage.input_files import Format, InputFile
from moderation.verdicts.changed_decisions import changed_decisions
from schemas.drift import ChangedDecisions
from schemas.policy import Decision

DECISIONS = [decision.value for decision in Decision]


def table(path: Path, rows: list[tuple[str, str]]) -> InputFile:
    frame = pd.DataFrame(rows, columns=["content_key", "decision"])
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
        return InputFile(str(path), path.stat().st_size, Format.PARQUET)
    frame.to_json(path, orient="records", lines=True)
    return InputFile(str(path), path.stat().st_size, Format.JSONL)


def nights(
    tmp_path: Path, *, contents: int = 3_000
) -> tuple[list[InputFile], list[InputFile], list[dict[str, str]]]:
    """Two nights that share half of their contents, rows of one content more than once."""
    rng = random.Random(5)
    keys = [f"{rng.getrandbits(128):032x}" for _ in range(contents)]
    decided = [
        {key: rng.choice(DECISIONS) for key in some}
        for some in (keys[: 2 * contents // 3], keys[contents // 3 :])
    ]
    rows = [
        [(key, d) for key, d in some.items() for _ in range(rng.randint(1, 3))] for some in decided
    ]
    for some in rows:
        rng.shuffle(some)
    before = [
        table(tmp_path / "a.parquet", rows[0][:999]),
        table(tmp_path / "b.jsonl", rows[0][999:]),
    ]
    return before, [table(tmp_path / "c.parquet", rows[1])], decided


def as_plain(found: ChangedDecisions) -> dict[str, dict[str, int]]:
    told: dict[str, dict[str, int]] = json.loads(found.model_dump_json())["counts"]
    return told


def test_the_cross_table_is_that_of_pandas_by_distinct_item(tmp_path: Path) -> None:
    before, now, (was, is_now) = nights(tmp_path)
    found = changed_decisions(before, now, rows=9_000)
    both = sorted(was.keys() & is_now.keys())
    expected = pd.crosstab([was[key] for key in both], [is_now[key] for key in both])
    assert (found.items, found.sampled) == (len(both), 1.0)
    assert found.only_before == len(was) - len(both)
    assert found.only_now == len(is_now) - len(both)
    for one in DECISIONS:
        for other in DECISIONS:
            assert as_plain(found)[one][other] == expected.loc[one, other]
    assert found.changed == sum(was[key] != is_now[key] for key in both)


def test_of_large_runs_the_same_sample_of_both_is_looked_at(tmp_path: Path) -> None:
    before, now, (was, is_now) = nights(tmp_path)
    found = changed_decisions(before, now, rows=8_000, most=2_000)
    assert found.sampled == 0.25
    drawn = [key for key in was if int(key[:16], 16) < 2**62]
    assert found.items == sum(key in is_now for key in drawn)
    assert found.only_before == sum(key not in is_now for key in drawn)
    assert found.items == pytest.approx(1_000 / 4, rel=0.3)
