"""Figures of the audit are those that anybody computes from the verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from tests.pipelines.scoring import Finished, Score, memes, write_jsonl


@pytest.fixture
def run(score: Score, pictures: Path) -> Finished:
    """Forty memes, of which some have copies, and rows that are lost."""
    rows: list[Any] = [*memes(40), *memes(12, start=20), *memes(3, start=20), "broken"]
    source = write_jsonl(pictures / "memes.jsonl", rows)
    return score("--input", source, "--image_root", str(pictures))


def verdicts(run: Finished) -> pd.DataFrame:
    frame = pd.DataFrame(run.verdicts)
    return frame.assign(p=[each["hateful.hateful"] for each in frame.probabilities])


def test_distributions_are_those_of_the_verdicts(run: Finished) -> None:
    told = run.json("audit.json")["distributions"]
    rows = verdicts(run)
    items = rows.drop_duplicates("content_key")
    [label] = [each for each in told["labels"] if each["label"] == "hateful"]
    edges = [*(at / 1000 for at in range(1000)), np.nextafter(1.0, 2.0)]
    assert label["rows"] == np.histogram(rows.p, edges)[0].tolist()
    assert label["items"] == np.histogram(items.p, edges)[0].tolist()
    for share, value in label["quantiles"]:
        exact = items.p.quantile(share, interpolation="lower")
        assert value == pytest.approx(exact, rel=told["quantile_error"] * 1.001)
    flag = next(each for each in told["flags"] if each["flag"] == "is_hateful")
    low, high = flag["band"]
    assert flag["rows_raised"] == rows.is_hateful.sum()
    assert flag["raised"]["hits"] == (items.p >= flag["threshold"]).sum() == items.is_hateful.sum()
    assert flag["to_review"]["hits"] == ((items.p >= low) & (items.p < high)).sum()
    expected = binomtest(int(items.is_hateful.sum()), len(items)).proportion_ci(method="wilson")
    assert flag["raised"]["interval_95"] == pytest.approx([expected.low, expected.high])
    decided = items.groupby("decision").size()
    assert {each["decision"]: each["items"]["hits"] for each in told["decisions"]} == {
        name: decided.get(name, 0) for name in ("clear", "flag", "review")
    }
