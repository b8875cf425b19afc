"""The first screen: five questions, each with the answer that this run gives."""

from __future__ import annotations

from typing import Any

from moderation.audit.answer import Answer
from moderation.audit.answers import first_answers
from schemas.audit import Account, Audit, DeadLetterCount
from schemas.drift import Compared, Distance, DistanceName, Drift, Measure
from tests.audit.test_page import an_audit


def told(audit: Audit, place: int, **changed: Any) -> Answer:
    return first_answers(audit.model_copy(update=changed))[place]


def account(*, read: int, dead: int) -> Account:
    return Account(read=read, scored=read - dead, reused=0, duplicates=0, dead_lettered=dead)


def lines(answer: Answer) -> list[str]:
    return [detail.text for detail in answer.details]


def test_that_all_was_judged_is_said_only_where_it_was() -> None:
    audit = an_audit()
    some = told(audit, 0)
    assert (some.said, some.tone) == ("4 of 6 rows have a verdict (66.7%)", "warn")
    assert lines(some) == ["2 dead letters: invalid_json"]
    every = told(audit, 0, account=account(read=6, dead=0), dead_letters=[])
    assert (every.said, every.tone) == ("Yes, all 6 rows have a verdict", "ok")
    assert told(audit, 0, account=account(read=6, dead=6)).tone == "bad"
    assert told(audit, 0, account=account(read=0, dead=0)).said == "There was no row to judge"


def test_books_that_do_not_reconcile_come_before_every_count() -> None:
    answer = told(an_audit(), 0, reconciles=False)
    assert answer.tone == "bad"
    assert "do not reconcile" in answer.said


def test_what_was_flagged_is_told_with_its_share_and_the_flags() -> None:
    answer = told(an_audit(), 1)
    assert answer.said == "4 rows flagged (100.0%), 0 for people to decide (0.0%)"
    assert lines(answer) == ["Raised: is_hateful 4"]


def test_trust_names_each_doubt_and_is_given_where_there_is_none() -> None:
    doubted = told(an_audit(), 2)
    assert doubted.tone == "warn"
    assert "None of 1 images could be had" in lines(doubted)
    assert told(an_audit(), 2, images={"ok": 3}).tone == "ok"


def test_what_changed_is_unknown_quiet_or_named_once_for_all_its_distances() -> None:
    assert told(an_audit(), 3).said.startswith("Unknown")
    quiet = told(an_audit(), 3, drift=drift(alarm=False))
    assert (quiet.said, quiet.tone) == ("Nothing beyond chance that matters", "ok")
    moved = told(an_audit(), 3, drift=drift(alarm=True))
    assert (moved.said, moved.tone) == ("Beyond chance: text length of memes", "warn")
    assert "Not as in the run before: text length of memes" in lines(
        told(an_audit(), 2, drift=drift(alarm=True))
    )


def drift(*, alarm: bool) -> Drift:
    distances = [
        Distance(name=name, value=0.3, p=0.001, p_of_night=0.01, large=True, alarm=alarm)
        for name in (DistanceName.PSI, DistanceName.L_INF)
    ]
    measure = Compared(
        of=Measure.TEXT_LENGTH, name="meme", items=9, items_before=9, distances=distances
    )
    return Drift(baseline="night1", measures=[measure])


def test_what_waits_and_what_may_pass_later_is_looked_at_first() -> None:
    letter = DeadLetterCount(stage="fetch", code="timeout", retryable=True, rows=3, examples=[])
    answer = told(
        an_audit(),
        4,
        decisions={"meme": {"review": 2, "flag": 2}},
        review_reasons={"review_band:is_hateful": 2, "is_hateful": 2, "flag_sample": 1},
        dead_letters=[letter],
    )
    assert answer.said == "2 rows for people to decide"
    assert lines(answer) == [
        "2 rows near the threshold of is_hateful",
        "1 row drawn as a sample, decided already",
        "3 dead letters may pass later",
    ]
    assert told(an_audit(), 4).said == "No row waits for a person"
