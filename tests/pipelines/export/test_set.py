"""The exported set is the one that other means make of the same files."""

from __future__ import annotations

import json

import pandas as pd

from schemas.export import Provenance
from tests.pipelines.export.night import Night, memes, pairs, score_of
from tests.pipelines.exports import (
    PAIR_LABELS,
    Exported,
    decisions_of,
    verdicts_of,
)


def with_pandas(verdicts: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """The training set, made again by other means: one row an item that has a majority."""
    kinds = verdicts.drop_duplicates("item_id").set_index("item_id")["kind"]
    known = decisions[decisions["item_id"].isin(kinds.index)].copy()
    short = {"hateful": "1", "not_hateful": "0"}
    known["label"] = known["label"].map(lambda label: short.get(label, label))
    known = known[known["label"].isin(["0", "1", *PAIR_LABELS])]
    known["at"] = pd.to_datetime(known["decided_at"], utc=True, format="ISO8601")
    latest = known.sort_values("at", kind="stable").groupby(["item_id", "reviewer"]).tail(1)
    votes = latest.groupby(["item_id", "label"]).size().rename("votes").reset_index()
    votes["top"] = votes.groupby("item_id")["votes"].transform("max") == votes["votes"]
    winners = votes[votes["top"]]
    winners = winners[~winners["item_id"].duplicated(keep=False)].set_index("item_id")
    winners["reviewers"] = latest.groupby("item_id").size()
    winners["last"] = latest.groupby("item_id")["at"].max()
    scored = verdicts.assign(at=pd.to_datetime(verdicts["scored_at"], utc=True, format="ISO8601"))
    merged = scored.merge(winners[["last"]], left_on="item_id", right_index=True)
    merged["before"] = merged["at"] <= merged["last"]
    seen = merged.sort_values(["before", "at", "run_id"]).groupby("item_id").tail(1)
    seen = seen.set_index("item_id")
    return winners.join(
        seen[["run_id", "probabilities", "decision", "row", "source", "content_key"]]
    )


def test_the_set_is_the_one_that_pandas_makes_of_the_same_files(
    night: Night, files: list[str], whole: Exported
) -> None:
    expected = with_pandas(verdicts_of(night.first, night.second), decisions_of(*files))
    assert whole.code == 0
    rows = whole.rows
    assert len(rows) > 25
    assert {r["provenance"]["run_id"] for r in rows.values()} == {"first", "second"}
    assert rows.keys() == set(expected.index)
    for item_id, row in rows.items():
        theirs, ours = expected.loc[item_id], row["provenance"]
        assert row["label"] == theirs["label"]
        assert ours["reviewers"] == theirs["reviewers"]
        assert ours["reviewers_agreeing"] == theirs["votes"]
        assert ours["run_id"] == theirs["run_id"]
        assert ours["content_key"] == theirs["content_key"]
        assert (ours["source"], ours["row"]) == (theirs["source"], theirs["row"])
        assert ours["verdict"] == theirs["decision"]
        assert ours["score"] == score_of(theirs["probabilities"], row["label"])
        Provenance.model_validate(ours)


def test_both_formats_hold_the_same_rows(whole: Exported) -> None:
    lines = [
        json.loads(line)
        for file in sorted(whole.path.glob("data/*.jsonl"))
        for line in file.read_text().splitlines()
    ]
    assert {row["provenance"]["item_id"]: row for row in lines} == whole.rows


def test_texts_ids_and_labels_are_those_of_the_records(whole: Exported) -> None:
    by_id = {str(row["id"]): row for row in memes(range(45))}
    by_id |= {f"{row['id_1']}:{row['id_2']}": row for row in pairs(range(20))}
    for item_id, row in whole.rows.items():
        record = by_id[item_id]
        for name in ("id", "text", "id_1", "text_1", "id_2", "text_2"):
            assert row.get(name) == (str(record[name]) if name in record else None)
        assert row["provenance"]["original_label"] == record.get("label")
        expected = {"source": record["source"]} if "source" in record else {}
        assert json.loads(row["extras"]) == expected


def test_order_and_workers_make_no_difference_to_a_byte(
    night: Night, files: list[str], whole: Exported
) -> None:
    other = night.export(
        "whole-too",
        "--run", str(night.second), str(night.first),
        "--decisions", *reversed(files),
        "--direct_num_workers=2", "--direct_running_mode=multi_threading",
    )  # fmt: skip
    names = sorted(path.name for path in whole.path.glob("data/*.*"))
    assert names == sorted(path.name for path in other.path.glob("data/*.*"))
    for name in names:
        assert (whole.path / "data" / name).read_bytes() == (
            other.path / "data" / name
        ).read_bytes()
    assert whole.report["content_digest"] == other.report["content_digest"]
