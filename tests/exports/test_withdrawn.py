"""Decisions files of ``pipelines.review``, as an export reads them."""

from __future__ import annotations

from pathlib import Path

from moderation.exports.decisions import DecisionRow, read_decisions
from moderation.exports.reviewer_key import ReviewerKey
from moderation.exports.selection_rules import Chosen, Selection, Why, choose, hear
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.spans import plan_spans, read_span
from moderation.review.answers.answer import NoAnswer
from moderation.review.answers.rules import AnswerRules
from moderation.review.answers.shape import Tool, look
from moderation.storage.listing import input_file
from tests.exports.verdicts import said, verdict
from tests.review.queues import desk, key_of, meme

KEY = ReviewerKey(b"k" * 32, "given")


def read(path: Path) -> list[DecisionRow | DeadLetter | NoAnswer]:
    file = input_file(str(path), path.stat().st_size)
    shape = look(file, AnswerRules())
    assert shape.tool is Tool.TABLE
    return [
        found
        for span in plan_spans(file)
        for row in read_span(span, max_row_bytes=1 << 20)  # type: ignore[arg-type]
        for found in read_decisions(row, KEY, shape=shape, rules=AnswerRules())
    ]


def test_what_a_reviewer_did_is_read_without_a_dead_letter(tmp_path: Path) -> None:
    at = desk(tmp_path, [meme(n) for n in range(3)])
    at.skip(key_of(0), "Ada")
    at.undo("Ada")
    at.decide(key_of(1), "Ada", {"hateful": "hateful"})
    at.undo("Ada")
    at.decide(key_of(2), "Ada", {"hateful": "not_hateful"}, note="fine")
    found = read(tmp_path / "decisions.jsonl")
    assert not any(isinstance(each, DeadLetter) for each in found)
    assert sum(isinstance(each, NoAnswer) for each in found) == 2
    rows = [each for each in found if isinstance(each, DecisionRow)]
    assert {row.content_key for row in rows} == {key_of(1), key_of(2)}
    assert [(row.item_id, row.label, row.withdraws) for row in rows] == [
        ("1", "hateful", False), ("1", "", True), ("2", "not_hateful", False),
    ]  # fmt: skip


def test_what_was_taken_back_is_no_vote_and_what_comes_after_it_is() -> None:
    rows = [said("1", at="2026-02-01"), said("", at="2026-02-02", withdraws=True)]
    heard = hear(rows, [verdict()], Selection())
    assert (heard.valid, len(heard.withdrawn)) == ([], 2)
    assert choose([verdict()], heard, Selection()).why is Why.NOT_REVIEWED

    later = hear([*rows, said("0", at="2026-02-03")], [verdict()], Selection())
    assert choose([verdict()], later, Selection()).label == "0"
    other = hear([*rows, said("1", "b", at="2026-01-01")], [verdict()], Selection())
    assert choose([verdict()], other, Selection()).label == "1"


def test_a_decision_that_names_its_content_is_about_no_other_under_the_same_id() -> None:
    one, other = verdict(row=1, p=0.1), verdict(row=2, p=0.9, content_key="d" * 32)

    def chosen(*rows: DecisionRow) -> Chosen:
        return choose([one, other], hear(rows, [one, other], Selection()), Selection())

    seen = chosen(said("1", content_key="d" * 32), said("1", "b", content_key="d" * 32))
    assert (seen.why, seen.verdict) == (Why.EXPORTED, other)
    assert chosen(said("1")).why is Why.AMBIGUOUS_ITEM
    mixed = chosen(said("1", content_key="d" * 32), said("0", "b", content_key="c" * 32))
    assert mixed.why is Why.AMBIGUOUS_ITEM
    assert chosen(said("1", content_key="e" * 32)).why is Why.AMBIGUOUS_ITEM


def test_a_set_of_an_earlier_day_knows_nothing_of_what_was_taken_back_later() -> None:
    rows = [said("1", at="2026-02-01"), said("", at="2026-02-09", withdraws=True)]
    rules = Selection(until="2026-02-05T00:00:00.000000+00:00")
    heard = hear(rows, [verdict()], rules)
    assert choose([verdict()], heard, rules).label == "1"
    assert len(heard.after_until) == 1
