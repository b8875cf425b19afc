"""A set is scored and preprocessed as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pipelines.export.night import Night, score_of
from tests.pipelines.exports import (
    Exported,
    House,
    decision,
    verdicts_of,
)


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_the_set_is_scored_as_it_is_and_scores_as_it_did(
    night: Night, whole: Exported, suffix: str
) -> None:
    run = night.score(f"again-{suffix}", str(whole.path / "data" / f"*.{suffix}"))
    account = json.loads((run / "audit.json").read_text())["account"]
    assert (account["read"], account["dead_lettered"]) == (len(whole.rows), 0)
    again = verdicts_of(run).set_index("item_id")
    for item_id, row in whole.rows.items():
        assert again.loc[item_id, "label"] == row["label"]
        p = score_of(again.loc[item_id, "probabilities"], row["label"])
        assert p == pytest.approx(row["provenance"]["score"], abs=1e-5)


def test_the_set_is_preprocessed_as_it_is(night: Night, whole: Exported) -> None:
    from pipelines.preprocess.__main__ import main as preprocess_main

    out = night.folder / "examples"
    argv = ["--input", str(whole.path / "data" / "*.parquet"), "--output", str(out)]
    assert preprocess_main([*argv, "--run_id", "p", "--no_progress"]) == 0
    manifest = json.loads((out / "run_id=p" / "manifest.json").read_text())
    assert sum(entry["rows"] for entry in manifest["inputs"]) == len(whole.rows)
    examples = [e for e in manifest["outputs"] if e["path"].startswith("examples/")]
    assert sum(entry["rows"] for entry in examples) == len(whole.rows)


def test_inline_images_renamed_columns_and_further_columns_come_through(
    tmp_path: Path, model: str
) -> None:
    import base64

    import pyarrow as pa
    import pyarrow.parquet as pq

    house = House(tmp_path, model)
    house.pictures(3)
    data = [(tmp_path / f"{n}.png").read_bytes() for n in range(3)]
    table = {"key": [1, 2], "img": data[:2], "body": ["one", "two"], "lang": ["en", None]}
    pq.write_table(pa.table(table), tmp_path / "inline.parquet")
    uri = "data:image/png;base64," + base64.b64encode(data[2]).decode()
    uris = house.records("uri.jsonl", [{"key": 3, "img": uri, "body": "three", "lang": "de"}])
    flags = ("--columns", "id=key,text=body")
    run = house.score("r", str(tmp_path / "inline.parquet"), uris, flags=flags)
    given = house.decisions("d.jsonl", [decision(str(n), "1") for n in (1, 2, 3)])
    found = house.export("e", "--run", str(run), "--decisions", given, "--keep_columns", "lang")
    assert {i: (r["text"], r["lang"]) for i, r in found.rows.items()} == {
        "1": ("one", "en"),
        "2": ("two", None),
        "3": ("three", "de"),
    }
    for item_id, row in found.rows.items():
        assert (found.path / "data" / row["img"]).read_bytes() == data[int(item_id) - 1]
    again = house.score("again", str(found.path / "data" / "*.parquet"))
    assert len(verdicts_of(again)) == 3
    once_more = house.export("twice", "--run", str(again), "--decisions", given)
    extras = [json.loads(row["extras"]) for row in once_more.rows.values()]
    assert sorted(map(str, extras)) == sorted(
        map(str, [{"lang": "en"}, {"lang": None}, {"lang": "de"}])
    )
