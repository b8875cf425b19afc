"""A local run in slices is the run that it would be in one piece."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.score.pairs import write_pairs
from tests.pipelines.scoring import Finished, Score, memes, write_jsonl

_TIMES = ("run_id", "started_at", "finished_at")
_VOLATILE = {"run_id", "scored_at", "run_started_at"}


def comparable(rows: list[dict[str, Any]]) -> list[str]:
    """Rows without what differs from run to run, in an order of their own."""
    return sorted(repr({k: v for k, v in row.items() if k not in _VOLATILE}) for row in rows)


def same(one: Finished, other: Finished) -> None:
    """Two runs said the same of the same rows."""
    assert (one.code, other.code) == (0, 0)
    assert other.account == one.account
    for of in (Finished.verdicts, Finished.letters, Finished.reviews):
        assert comparable(of.fget(other)) == comparable(of.fget(one))  # type: ignore[attr-defined]
    told, expected = other.json("audit.json"), one.json("audit.json")
    for of_the_run in (*_TIMES, "fetching", "drift"):
        told.pop(of_the_run), expected.pop(of_the_run)
    assert told == expected


def mixed(folder: Path) -> list[str]:
    """Files of every kind, with copies across them, bad rows and an image that is not there."""
    rows: list[Any] = [*memes(9), *memes(4), "broken", {"id": 1}]
    rows[:13] = [{**row, "lang": "ab"[at % 2], "user": at % 6} for at, row in enumerate(rows[:13])]
    rows.append({"id": "gone", "img": "none.png", "text": "no picture"})
    pairs = write_pairs(
        folder / "pairs.csv", [[i, f"a{i % 3}", "1.png", i, "b", "2.png", ""] for i in range(7)]
    )
    packed = folder / "zipped.jsonl.gz"
    packed.write_bytes(gzip.compress("\n".join(map(json.dumps, memes(12))).encode()))
    array = folder / "array.json"
    array.write_text(json.dumps(memes(5, start=4)))
    return [write_jsonl(folder / "memes.jsonl", rows), pairs, str(packed), str(array)]


@pytest.mark.parametrize("rows", ["13"])
def test_slices_change_no_verdict_no_letter_no_count(
    score: Score, pictures: Path, rows: str
) -> None:
    flags = ["--input", *mixed(pictures), "--image_root", str(pictures)]
    flags += ["--slices", "lang,user", "--min_slice_items", "1"]
    whole = score(*flags, run_id="whole")
    sliced = score(*flags, "--slice_rows", rows, run_id="sliced")
    same(whole, sliced)
    assert whole.account["duplicates"] > 10
    decoded, again = (
        run.json("audit.json")["fetching"]["decode_cache_hits"] for run in (whole, sliced)
    )
    assert again == decoded > 0  # what one slice decoded, the next has still


def test_a_limit_over_slices_is_the_first_rows(score: Score, pictures: Path) -> None:
    source = write_jsonl(pictures / "memes.jsonl", memes(20))
    run = score("--input", source, "--limit", "11", "--slice_rows", "4")
    assert run.account["read"] == 11
    assert {int(verdict["item_id"]) for verdict in run.verdicts} == set(range(11))


def test_people_see_a_content_of_many_slices_once_with_all_its_copies(
    score: Score, pictures: Path
) -> None:
    rows: list[Any] = [{"id": f"{9 - i}", "img": "5.png", "text": "same"} for i in range(8)]
    run = score("--input", write_jsonl(pictures / "m.jsonl", rows), "--slice_rows", "3")
    [entry] = run.reviews
    assert (entry["copies"], entry["item_id"], entry["row"]) == (8, "9", 1)
    assert run.account | {"lost": 0} == run.account
    assert (run.account["scored"], run.account["duplicates"]) == (1, 7)
