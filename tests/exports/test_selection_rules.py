from __future__ import annotations

import pytest

from moderation.exports.decisions import DecisionRow
from moderation.exports.input_rows import VerdictRow
from moderation.exports.selection_rules import (
    Chosen,
    Selection,
    Why,
    choose,
    hear,
    in_window,
    labelled_at,
    predicted,
    score_of,
    utc,
)
from schemas.codes import Code
from schemas.records import Kind
from tests.exports.verdicts import pair_verdict, record, said, verdict

RULES = Selection()


def chosen(
    verdicts: list[VerdictRow], decisions: list[DecisionRow], rules: Selection = RULES
) -> Chosen:
    return choose(verdicts, hear(decisions, verdicts, rules), rules)


def test_a_reviewed_item_has_the_reviewers_label_and_the_models_score_of_it() -> None:
    found = chosen([verdict(p=0.9)], [said("not_hateful")])
    assert (found.why, found.label, found.pseudo) == (Why.EXPORTED, "0", False)
    assert score_of(found.verdict, found.task, "0") == pytest.approx(0.1)
    assert predicted(found.verdict, found.task) == ("1", 0.9)


def test_the_score_is_that_of_the_verdict_the_reviewers_could_know() -> None:
    early = verdict(p=0.6, run=0, scored_at="2026-01-01T00:00:00Z")
    late = verdict(p=0.9, run=1, scored_at="2026-03-01T00:00:00Z")
    assert chosen([late, early], [said("1", at="2026-02-01")]).verdict == early
    assert chosen([late, early], [said("1", at="2026-04-01")]).verdict == late
    assert chosen([late, early], [said("1", at="2025-12-01")]).verdict == late


def test_of_equal_rows_in_one_run_the_first_is_taken() -> None:
    rows = [verdict(source=1, row=1), verdict(source=0, row=9), verdict(source=0, row=4)]
    assert chosen(rows, [said("1")]).verdict == rows[2]


def test_no_label_is_taken_where_one_run_judged_several_contents_under_the_id() -> None:
    one, other = verdict(row=1), verdict(row=2, content_key="d" * 32)
    assert chosen([one, other], [said("1")]).why is Why.AMBIGUOUS_ITEM
    later = other._replace(run=1, scored_at="2026-03-01T00:00:00Z")
    assert chosen([one, later], [said("1", at="2026-04-01")]).verdict == later
    assert chosen([one, later], [said("1", at="2026-02-01")]).verdict == one


def test_without_decisions_an_item_is_left_out() -> None:
    assert chosen([verdict(p=1.0)], []).why is Why.NOT_REVIEWED


@pytest.mark.parametrize(
    ("verdicts", "label"),
    [
        ([verdict(p=0.95)], "1"),
        ([verdict(p=0.05)], "0"),
        ([verdict(p=0.9)], "1"),
        ([verdict(p=0.89)], None),
        ([verdict(p=0.95, decision="review")], None),
        ([verdict(p=0.95), verdict(p=0.05, run=1)], None),
        ([verdict(p=0.95), verdict(p=0.6, run=1)], None),
        ([verdict(p=0.95), verdict(p=0.99, run=1)], "1"),
        ([verdict(p=0.6, content_key="older"), verdict(p=0.99, run=1)], "1"),
    ],
)
def test_a_pseudo_label_needs_every_verdict_on_the_content_to_be_sure(
    verdicts: list[VerdictRow], label: str | None
) -> None:
    found = chosen(verdicts, [], Selection(pseudo_label_above=0.9))
    assert found.label == label
    assert found.pseudo is (label is not None)


def test_people_are_never_overruled_by_a_pseudo_label() -> None:
    rules = Selection(pseudo_label_above=0.5, min_reviewers=2)
    assert chosen([verdict()], [said("0", "a"), said("1", "b")], rules).why is Why.TIED
    assert chosen([verdict()], [said("0", "a")], rules).why is Why.TOO_FEW_REVIEWERS


def test_decisions_that_cannot_be_used_each_say_why() -> None:
    decisions = [said("2"), said("1", task="spam"), said("1")]
    heard = hear(decisions, [verdict()], RULES)
    assert [code for _, code, _ in heard.refused] == [Code.UNKNOWN_LABEL, Code.UNKNOWN_TASK]
    assert heard.valid == [said("1")]
    [(_, code, _)] = hear([said("1")], [], RULES).refused
    assert code is Code.UNKNOWN_ITEM


def test_a_decision_on_another_of_the_models_tasks_is_set_aside() -> None:
    both = verdict(tasks={"hateful": [("no", 0.5), ("yes", 0.5)], "spam": [("no", 0), ("yes", 1)]})
    heard = hear([said("yes", task="spam"), said("yes")], [both], RULES)
    assert [d.task for d in heard.other_task] == ["spam"]
    spam = Selection(tasks={Kind.MEME: "spam"})
    assert chosen([both], [said("yes", task="spam"), said("no")], spam).label == "1"


def test_an_item_without_the_task_is_left_out() -> None:
    other = verdict(tasks={"spam": [("no", 0.1), ("yes", 0.9)]})
    assert chosen([other], [], Selection(pseudo_label_above=0.5)).why is Why.NO_TASK


def test_a_pairs_label_keeps_its_name() -> None:
    decision = said("implies", item_id="1:2", task="entailment")
    assert chosen([pair_verdict()], [decision]).label == "Implies"


def test_until_makes_the_set_as_it_was_then() -> None:
    decisions = [said("1", "a", "2026-02-01"), said("0", "a", "2026-02-03")]
    then = Selection(until="2026-02-03T00:00:00.000000+00:00")
    assert chosen([verdict()], decisions, then).label == "1"
    assert chosen([verdict()], decisions).label == "0"
    assert len(hear(decisions, [verdict()], then).after_until) == 1


def test_since_is_inclusive_and_until_exclusive() -> None:
    found = chosen([verdict()], [said("1", at="2026-02-02")])
    moment = "2026-02-02T00:00:00.000000+00:00"
    later = "2026-02-02T00:00:00.000001+00:00"
    assert labelled_at(found) == moment
    assert in_window(found, record(), Selection(since=moment))
    assert not in_window(found, record(), Selection(since=later))
    assert not in_window(found, record(), Selection(until=moment))
    assert in_window(found, record(), Selection(until=later))


def test_the_window_can_lie_over_a_column_of_the_records() -> None:
    found = chosen([verdict()], [said("1", at="2026-02-02")])
    rules = Selection(since="2024-01-01T00:00:00.000000+00:00", time_column="created_at")
    assert in_window(found, record(created_at="2024-06-01T01:00:00+02:00"), rules)
    assert not in_window(found, record(created_at="2023-06-01"), rules)
    assert not in_window(found, record(created_at="soon"), rules)
    assert not in_window(found, record(), rules)


def test_moments_sort_as_text_once_they_are_utc() -> None:
    assert utc("2026-01-01T01:00:00+02:00") == "2025-12-31T23:00:00.000000+00:00"
    assert utc("2026-01-01") == "2026-01-01T00:00:00.000000+00:00"
    assert utc(5) is None
