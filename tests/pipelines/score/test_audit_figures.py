"""Figures of the audit are those that anybody computes from the verdicts."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy.stats import binomtest, fisher_exact

from pipelines.score.__main__ import main
from tests.pipelines.scoring import Finished, memes, write_jsonl


def rider(row: Any, at: int) -> dict[str, Any]:
    """A row with further columns; bright pictures, which are flagged, are mostly Danish."""
    bright = at % 10 > 6
    lang = {"lang": "da" if bright and at % 4 else "en"} if at % 7 else {"lang": None}
    day = {"created_at": f"2026-11-{1 + at % 3:02}T23:30:00+02:00"} if at % 5 else {}
    return {**row, **lang, **day, "user": f"u{at % 40}", "img_is": bright}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, model: str) -> Finished:
    """Forty memes, of which some have copies, and rows that are lost."""
    folder = tmp_path_factory.mktemp("figures")
    for index in range(10):
        Image.new("RGB", (40, 30), (25 * index,) * 3).save(folder / f"{index}.png")
    rows = [*map(rider, [*memes(40), *memes(12, start=20), *memes(3, start=20)], range(55))]
    source = write_jsonl(folder / "memes.jsonl", [*rows, "broken"])
    flags = ["--runner=DirectRunner", "--output", str(folder / "runs"), "--run_id", "t"]
    flags += ["--model", model, "--input", source, "--min_slice_items", "5"]
    flags += ["--slices", "lang,user,created_at:day,img_is", "--max_slices", "4"]
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


def test_slices_are_those_of_the_verdicts_the_worst_first(run: Finished) -> None:
    told, rows = run.json("audit.json")["slices"], verdicts(run)
    extras = pd.DataFrame([json.loads(each) for each in rows.extras], index=rows.index)
    times = pd.to_datetime(extras.created_at, utc=True).dt.strftime("%Y-%m-%d")
    bright = extras.img_is.map({True: "true", False: "false"})
    values = extras.assign(**{"created_at:day": times, "img_is": bright}).fillna("none")
    items = rows.drop_duplicates("content_key")
    sizes = {
        column: rows.groupby(values[column]).content_key.nunique()
        for column in ("lang", "user", "created_at:day", "img_is")
    }
    for column in told["columns"]:
        of = sizes[column["column"]]
        kept = of[of >= 5].sort_values(ascending=False)[:4]
        assert (column["slices"], column["too_small"]) == (len(of), (of < 5).sum())
        assert column["left_out"] == len(of) - (of < 5).sum() - len(kept)
        assert column["rows"] == len(rows)
    ps = []
    for each in told["slices"]:
        here = rows[values[each["column"]] == (each["value"] or "none")]
        mine, others = (
            items[items.content_key.isin(here.content_key) == side] for side in (True, False)
        )
        assert (each["rows"], each["items"]) == (len(here), len(mine))
        [flag] = each["flags"]
        assert (flag["raised"]["hits"], flag["raised"]["of"]) == (mine.is_hateful.sum(), len(mine))
        assert (flag["rest"]["hits"], flag["rest"]["of"]) == (
            others.is_hateful.sum(),
            len(others),
        )
        table = [
            [side.is_hateful.sum(), (~side.is_hateful.astype(bool)).sum()]
            for side in (mine, others)
        ]
        assert flag["p_value"] == pytest.approx(fisher_exact(table).pvalue)
        ps.append(flag["p_value"])
    assert told["comparisons"] == len(ps) >= 5
    first = told["slices"][0]
    assert (first["column"], first["value"], first["flags"][0]["differs"]) == (
        "img_is",
        "true",
        "higher",
    )
    assert first["flags"][0]["p_adjusted"] == pytest.approx(min(ps) * len(ps))
