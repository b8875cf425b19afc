from __future__ import annotations

from moderation.audit.tally import Tally
from moderation.exports.gates import broken_gate
from moderation.option_error import option
from moderation.runs.budgets import Budgets
from moderation.runs.gates import Gates
from schemas.codes import Code


def tally(*, exported: int, **dead: int) -> Tally:
    found = Tally()
    found.add("verdict", "exported", rows=exported)
    for code, rows in dead.items():
        found.add("dead", "decide", code, rows=rows)
        found.example("decide", code, ("d.csv", 2, "7", f"what is wrong with {code}"))
    return found


def test_too_many_unusable_decisions_refuse_the_set_and_say_why() -> None:
    found = tally(exported=2, unknown_label=3, unknown_item=2)
    told = broken_gate(found, 7, gates=Gates(), max_unusable=0.5)
    assert told is not None
    assert "5 of 7 decisions cannot be used (3 unknown_label, 2 unknown_item" in told
    assert "as in d.csv, row 2: what is wrong with unknown_label" in told
    assert f"{option('max_unusable_decision_ratio')} 0.5" in told
    assert broken_gate(found, 7, gates=Gates(), max_unusable=0.8) is None


def test_where_every_decision_is_unusable_the_reason_is_told_before_the_empty_set() -> None:
    found = tally(exported=0, unknown_label=7)
    assert "7 of 7 decisions" in str(broken_gate(found, 7, gates=Gates(), max_unusable=0.5))
    told = str(broken_gate(found, 7, gates=Gates(), max_unusable=1.0))
    assert told.startswith("no row was selected")
    assert "7 of 7 decisions cannot be used" in told
    allowed = Gates(allow_empty=True)
    assert broken_gate(found, 7, gates=allowed, max_unusable=1.0) is None


def test_reviewers_who_contradict_one_another_wrote_usable_decisions() -> None:
    found = tally(exported=1, tied_decisions=6)
    assert broken_gate(found, 7, gates=Gates(), max_unusable=0.0) is None


def test_an_export_without_decisions_breaks_no_gate_of_theirs() -> None:
    assert broken_gate(tally(exported=1), 0, gates=Gates(), max_unusable=0.0) is None


def test_a_code_has_a_budget_among_decisions_or_among_selected_rows() -> None:
    found = tally(exported=9, unknown_item=2)
    found.add("verdict", "dead_lettered", rows=1)
    found.add("dead", "export", "source_changed", rows=1)
    found.example("export", "source_changed", ("/in/a.jsonl", 4, "7", "is another one now"))
    gates = Gates(Budgets(by_code={Code.UNKNOWN_ITEM: 0.1, Code.SOURCE_CHANGED: 0.05}))
    told = str(broken_gate(found, 10, gates=gates, max_unusable=1.0))
    assert "2 of 10 decisions are dead letters of code unknown_item (20.0%)" in told
    assert "1 of 10 selected rows are dead letters of code source_changed (10.0%)" in told
    assert "for example: /in/a.jsonl, row 4: is another one now" in told
    kept = Gates(Budgets(by_code={Code.UNKNOWN_ITEM: 0.2, Code.SOURCE_CHANGED: 0.1}))
    assert broken_gate(found, 10, gates=kept, max_unusable=1.0) is None
