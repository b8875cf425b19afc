"""How often people agree with the flags, held against counting by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from moderation.exports.reviewer_key import ReviewerKey
from moderation.nights.people import Decided, read_files
from moderation.nights.side_by_side import side_by_side
from moderation.storage.listing import find_inputs
from schemas.nights import Agreement
from tests.nights.made import entry, make_run

KEY = ReviewerKey(b"0" * 32, "given")


def said(item: str, label: str, who: str = "ada", at: str = "2026-02-01") -> dict[str, Any]:
    return {
        "item_id": item,
        "task": "hateful",
        "label": label,
        "reviewer": who,
        "decided_at": f"{at}T00:00:00Z",
    }


def read(tmp_path: Path, rows: list[Any]) -> Decided:
    path = tmp_path / "decisions.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("".join(line + "\n" for line in lines))
    return read_files(find_inputs([str(path)], name="decisions").files, KEY)


def shares(agreement: Agreement) -> tuple[tuple[int, int], tuple[int, int], int]:
    raised, other = agreement.raised, agreement.not_raised
    return (raised.hits, raised.of), (other.hits, other.of), agreement.ties


def test_items_count_once_by_what_most_people_say_last(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    make_run(runs, "1", queue=[entry("1", 0.9), entry("2", 0.8), entry("3", 0.2), entry("4", 0.4)])
    make_run(runs, "2", queue=[entry("1", 0.9), entry("5", 0.7), entry("6", 0.1)])
    decided = read(
        tmp_path,
        [
            said("1", "hateful"),
            said("1", "not_hateful", "bob"),
            said("1", "hateful", "eve"),
            said("2", "hateful"),
            said("2", "not_hateful", at="2026-02-02"),  # ada thinks better of it
            said("3", "0"),
            said("4", "hateful"),
            said("5", "hateful"),
            said("5", "not_hateful", "bob"),
            said("elsewhere", "hateful"),
            "{",
        ],
    )
    found = side_by_side(str(runs), name="runs", decided=decided, decisions_files=["d"])
    [one], [two] = (night.agreement for night in found.nights)
    assert shares(one) == ((1, 2), (1, 2), 0)
    assert shares(two) == ((1, 1), (0, 0), 1)
    [overall] = found.agreement
    assert shares(overall) == ((1, 2), (1, 2), 1)
    assert overall.raised.interval_95 is not None
    assert (found.decisions, found.decisions_unmatched, found.decisions_unusable) == (10, 1, 1)
    assert "decisions.jsonl, row 11" in found.problems[0]


def test_a_queue_that_is_gone_is_an_error_that_names_it(tmp_path: Path) -> None:
    run = make_run(tmp_path / "runs", "1", queue=[entry("1", 0.9)])
    (run / "review_queue" / "part-00000-of-00001.jsonl").unlink()
    with pytest.raises(ValueError, match="nobody knows what people saw of run 1"):
        side_by_side(
            str(tmp_path / "runs"), name="runs", decided=read(tmp_path, [said("1", "hateful")])
        )
