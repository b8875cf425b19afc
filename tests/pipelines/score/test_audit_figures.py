"""Figures of the audit are those that anybody computes from the verdicts."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy.stats import binomtest

from pipelines.score.__main__ import main
from tests.pipelines.scoring import Finished, memes, write_jsonl


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, model: str) -> Finished:
    """Forty memes, of which some have copies, and rows that are lost."""
    folder = tmp_path_factory.mktemp("figures")
    for index in range(10):
        Image.new("RGB", (40, 30), (25 * index,) * 3).save(folder / f"{index}.png")
    rows: list[Any] = [*memes(40), *memes(12, start=20), *memes(3, start=20), "broken"]
    source = write_jsonl(folder / "memes.jsonl", rows)
    flags = ["--runner=DirectRunner", "--output", str(folder / "runs"), "--run_id", "t"]
    flags += ["--model", model, "--input", source]
    return Finished(main(flags), folder / "runs" / "run_id=t")


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


def digest_of(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def test_repeats_are_those_of_the_verdicts_and_clear_texts_stay_untold(run: Finished) -> None:
    told, rows = run.json("audit.json")["repeated"], verdicts(run)
    queued = {entry["content_key"] for entry in run.reviews}
    pictures = [images[0]["sha256"][:16] for images in rows.images]
    rows = rows.assign(
        text=[f"meme {each}" for each in rows.item_id],
        picture=pictures,
        told=(rows.decision != "clear") | rows.content_key.isin(queued),
    )
    for side, column, other in (("texts", "text", "picture"), ("pictures", "picture", "text")):
        by = rows.groupby(column)
        found = told[side]
        assert (found["distinct"], found["rows"]) == (len(by), len(rows))
        assert found["repeated"] == (by.size() > 1).sum()
        names = {digest_of(text): text for text in rows.text} if side == "texts" else {}
        assert len(found["most"]) == min(20, found["repeated"])
        for each in found["most"]:
            same = by.get_group(names.get(each["digest"], each["digest"]))
            assert each["rows"] == len(same)
            assert each["items"] == same.content_key.nunique()
            assert each["others"] == same[other].nunique()
            assert each["rows_flagged"] == (same.decision == "flag").sum()
            assert each["rows_to_review"] == (same.decision == "review").sum()
            assert each["item_id"] in set(same.item_id)
            expected = same.text.iloc[0] if side == "texts" and same.told.any() else None
            assert each["text"] == expected
        sizes = [each["rows"] for each in found["most"]]
        assert sizes == sorted(by.size(), reverse=True)[: len(sizes)]
