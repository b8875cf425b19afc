"""What reviewers do with a queue, and what stands in the file of it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from moderation.review.page.desk import Desk
from tests.review.queues import NOW, desk, key_of, meme


def written(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "decisions.jsonl").read_text().splitlines()]


def work(at: Desk, reviewer: str, label: str = "hateful", most: int = 100) -> list[str]:
    """Decide what comes until nothing does; the items' ids."""
    seen: list[str] = []
    while len(seen) < most and (item := at.next(reviewer)):
        at.decide(item.content_key, reviewer, {"hateful": label})
        seen.append(item.item_id)
    return seen


def again(at: Desk, folder: Path, entries: Any, **options: Any) -> Desk:
    at.file.close()
    return desk(folder, entries, **options)


def test_a_decision_is_a_line_that_an_export_takes(tmp_path: Path) -> None:
    at = desk(tmp_path, [meme(1)])
    at.decide(key_of(1), "Ada", {"hateful": "hateful"}, note="a slur, see 3.2")
    assert written(tmp_path) == [
        {
            "entry": "decided",
            "item_id": "1",
            "task": "hateful",
            "label": "hateful",
            "reviewer": "Ada",
            "decided_at": "2026-03-01T12:00:00.000000+00:00",
            "kind": "meme",
            "content_key": key_of(1),
            "run_id": "r",
            "note": "a slur, see 3.2",
            "second_opinion": False,
        }
    ]
    assert at.next("Ada") is None


def test_a_new_start_goes_on_where_the_last_one_was(tmp_path: Path) -> None:
    entries = [meme(n, 0.5 + n / 100) for n in range(10)]
    at = desk(tmp_path, entries)
    assert work(at, "Ada", most=4) == ["0", "1", "2", "3"]
    at.skip(key_of(4), "Ada")
    at = again(at, tmp_path, entries)
    assert (at.progress("Ada").yours, at.progress("Ada").left) == (4, 6)
    assert work(at, "Ada") == ["5", "6", "7", "8", "9", "4"]


def test_undo_takes_back_one_thing_at_a_time_and_adds_a_line_for_it(tmp_path: Path) -> None:
    at = desk(tmp_path, [meme(n, 0.5 + n / 100) for n in range(3)])
    work(at, "Ada", most=1)
    at.skip(key_of(1), "Ada")
    assert at.undo("Ada") == key_of(1)
    assert at.undo("Ada") == key_of(0)
    assert at.undo("Ada") is None
    assert [line["entry"] for line in written(tmp_path)] == [
        "decided", "skipped", "withdrawn", "withdrawn",
    ]  # fmt: skip
    assert [line["label"] for line in written(tmp_path)] == ["hateful", None, None, None]
    assert at.progress("Ada").yours == 0
    assert work(at, "Ada", "not_hateful") == ["0", "1", "2"]


def test_what_was_taken_back_stays_so_after_a_new_start(tmp_path: Path) -> None:
    entries = [meme(n, 0.5 + n / 100) for n in range(3)]
    at = desk(tmp_path, entries)
    work(at, "Ada", most=2)
    at.undo("Ada")
    at = again(at, tmp_path, entries)
    last = at.last_word("Ada")
    assert last is not None
    assert (last.content_key, at.progress("Ada").yours) == (key_of(0), 1)
    assert at.undo("Ada") == key_of(0)


def test_the_same_answer_once_more_is_no_line_and_another_one_is(tmp_path: Path) -> None:
    at = desk(tmp_path, [meme(1)])
    for label in ("hateful", "hateful", "not_hateful"):
        at.decide(key_of(1), "Ada", {"hateful": label})
    assert [line["label"] for line in written(tmp_path)] == ["hateful", "not_hateful"]
    assert at.progress("Ada").yours == 1


def test_a_later_word_has_a_later_moment_though_the_clock_goes_back(tmp_path: Path) -> None:
    moments = [NOW, NOW - datetime.timedelta(hours=1), NOW]
    at = desk(tmp_path, [meme(1)], now=iter([*moments, *moments]).__next__)
    at.decide(key_of(1), "Ada", {"hateful": "hateful"})
    at.undo("Ada")
    at.decide(key_of(1), "Ada", {"hateful": "not_hateful"})
    found = [line["decided_at"] for line in written(tmp_path)]
    assert found == sorted(set(found))


def test_two_reviewers_share_a_queue_and_see_no_item_both(tmp_path: Path) -> None:
    at = desk(tmp_path, [meme(n, 0.5 + n / 100) for n in range(6)])
    first, second = at.next("Ada"), at.next("Ben")
    assert first is not None
    assert second is not None
    assert first.content_key != second.content_key
    assert at.next("Ada") == first
    assert sorted(work(at, "Ada", most=3) + work(at, "Ben")) == list("012345")
    assert at.next("Ada") is None


def test_a_share_of_the_decided_items_is_decided_by_a_second_one_unknowingly(
    tmp_path: Path,
) -> None:
    entries = [meme(n, 0.5 + n / 1000) for n in range(200)]
    at = desk(tmp_path, entries, second_opinions=0.2)
    assert len(work(at, "Ada", most=300)) == 200
    seen = work(at, "Ben", "not_hateful", most=300)
    assert 25 < len(seen) < 55
    assert work(at, "Cy", most=300) == []
    lines = written(tmp_path)
    assert [line["item_id"] for line in lines if line["second_opinion"]] == seen
    at = again(at, tmp_path, entries, second_opinions=0.2)
    assert (work(at, "Ben", most=300), work(at, "Cy", most=300)) == ([], [])


def test_an_item_with_two_questions_is_decided_once_both_are_answered(tmp_path: Path) -> None:
    scores = {"hateful.a": 0.5, "hateful.b": 0.5, "topic.x": 0.1, "topic.y": 0.2, "topic.z": 0.3}
    entries = [meme(1, probabilities=scores, multi_label=["topic"]), meme(2, probabilities=scores)]
    at = desk(tmp_path, entries)
    at.decide(key_of(1), "Ada", {"hateful": "a", "topic": []})
    half = written(tmp_path)[0]
    assert [(line["task"], line["label"]) for line in written(tmp_path)] == [
        ("hateful", "a"), ("topic", []),
    ]  # fmt: skip
    at.file.close()
    (tmp_path / "decisions.jsonl").write_text(json.dumps(half) + "\n")
    at = desk(tmp_path, entries)
    assert at.progress("Ada").yours == 0
    assert at.answers(key_of(1), "Ada") == ({"hateful": "a"}, "")
    at.decide(key_of(1), "Ada", {"hateful": "a", "topic": ["z", "x"]})
    at.undo("Ada")
    assert [line["task"] for line in written(tmp_path)[-2:]] == ["hateful", "topic"]
    assert at.last_word("Ada") is None


def test_nothing_counts_that_could_not_be_written(tmp_path: Path) -> None:
    at = desk(tmp_path, [meme(1)])
    at.file.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        at.decide(key_of(1), "Ada", {"hateful": "hateful"})
    assert at.progress("Ada").yours == 0
