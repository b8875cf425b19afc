from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.exports.decisions import (
    DecisionRow,
    canonical_label,
    canonical_labels,
    read_decisions,
    settle,
    settle_several,
)
from moderation.exports.reviewer_key import KEY_VARIABLE, ReviewerKey, ReviewerKeyError, load_key
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.rows import BadRow, RawRow
from moderation.review.answers.answer import NoAnswer
from moderation.review.answers.rules import AnswerRules
from moderation.review.answers.shape import Shape, Tool
from schemas.codes import Code
from tests.exports.verdicts import ENTAILMENT, said

KEY = ReviewerKey(b"k" * 32, "given")
GOOD = {
    "item_id": "7",
    "task": "hateful",
    "label": "1",
    "reviewer": "Ada Byron",
    "decided_at": "2026-01-31T12:00:00+02:00",
}


def one(row: RawRow | BadRow, columns: Mapping[str, str] | None = None) -> DecisionRow | DeadLetter:
    rules = AnswerRules(columns=columns or {})
    [found] = read_decisions(row, KEY, shape=Shape(Tool.TABLE), rules=rules)
    assert not isinstance(found, NoAnswer)
    return found


def read(**changes: object) -> DecisionRow | DeadLetter:
    fields = {name: value for name, value in {**GOOD, **changes}.items() if value != "absent"}
    return one(RawRow("d.jsonl", 3, fields))


def test_a_decision_is_read_with_its_moment_in_utc_and_its_reviewer_hashed() -> None:
    assert read(note="see the guide", shift="night") == DecisionRow(
        "7", "hateful", "1", KEY.hash("Ada Byron"), "2026-01-31T10:00:00.000000+00:00", "d.jsonl", 3
    )


@pytest.mark.parametrize(
    ("label", "read_as"), [(1, "1"), (True, "1"), (False, "0"), ("hateful", "hateful")]
)
def test_labels_may_be_numbers_and_booleans(label: object, read_as: str) -> None:
    found = read(label=label)
    assert isinstance(found, DecisionRow)
    assert found.label == read_as


@pytest.mark.parametrize(
    "changes",
    [
        {"item_id": 7.0},
        {"item_id": " 7 "},
        {"task": " hateful "},
        {"label": 1.0},
        {"label": "1.0 "},
    ],
)
def test_what_a_spreadsheet_does_to_a_cell_does_not_count(changes: dict[str, object]) -> None:
    assert read(**changes) == read()


def test_columns_that_go_by_other_names_are_read_under_ours() -> None:
    columns = {"label": "choice", "reviewer": "annotator", "decided_at": "created_at", "task": ""}
    row = {
        "item_id": "7",
        "choice": "hateful",
        "annotator": "Ada Byron",
        "created_at": "2026-01-31 10:00:00 UTC",
        "label": "a column of the tool",
    }
    found = one(RawRow("d.csv", 3, row), columns)
    assert isinstance(found, DecisionRow)
    assert (found.task, found.label, found.reviewer) == ("", "hateful", KEY.hash("Ada Byron"))
    assert found.decided_at == "2026-01-31T10:00:00.000000+00:00"


def test_a_row_under_other_names_is_told_which_columns_there_are_and_what_to_write() -> None:
    row = {"item_id": "7", "choice": "1", "annotator": "Ada", "created_at": "2026-01-31"}
    found = one(RawRow("d.csv", 3, row))
    assert isinstance(found, DeadLetter)
    assert "'choice'" in found.message
    assert "--decision_columns label=choice" in found.message
    assert "Ada" not in f"{found.body}{found.message}"


def test_ids_written_as_numbers_keep_every_digit() -> None:
    found = read(item_id=1834567890123456789)
    assert isinstance(found, DecisionRow)
    assert found.item_id == "1834567890123456789"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"label": "absent"}, Code.MISSING_FIELD),
        ({"label": None}, Code.UNLABELLED),
        ({"label": float("nan")}, Code.UNLABELLED),
        ({"label": ["1", ""]}, Code.INVALID_VALUE),
        ({"reviewer": ""}, Code.INVALID_VALUE),
        ({"decided_at": "yesterday"}, Code.INVALID_VALUE),
        ({"decided_at": 20260131}, Code.INVALID_VALUE),
        ({"decided_at": True}, Code.INVALID_VALUE),
        ({"item_id": ""}, Code.MISSING_FIELD),
        ({"item_id": "absent"}, Code.MISSING_FIELD),
    ],
)
def test_what_is_wrong_with_a_row_is_a_letter_with_its_place(
    changes: dict[str, object], code: Code
) -> None:
    found = read(**changes)
    assert isinstance(found, DeadLetter)
    assert (found.source, found.row, found.code) == ("d.jsonl", 3, code)
    assert next(iter(changes)) in found.message


@given(st.sampled_from(sorted(GOOD)), st.one_of(st.none(), st.text(), st.integers(), st.booleans()))
def test_no_letter_holds_a_reviewers_name(broken: str, value: object) -> None:
    found = read(**{broken: value, "note": "asked Ada Byron", "reviewer_name": "Ada Byron"})
    if isinstance(found, DeadLetter):
        assert "Ada" not in f"{found.body} {found.message}"
        assert broken == "reviewer" or KEY.hash("Ada Byron") in str(found.body)
    else:
        assert "Ada" not in json.dumps(found)


def test_a_line_that_is_no_json_gives_a_letter_without_the_line() -> None:
    found = one(BadRow("d.jsonl", 1, Code.INVALID_JSON, "bad", '{"reviewer": "Ada'))
    assert isinstance(found, DeadLetter)
    assert found.body is None


def test_a_reviewers_latest_decision_counts() -> None:
    first, second = said("0", at="2026-02-01"), said("1", at="2026-02-02")
    vote = settle([second, first])
    assert (vote.label, vote.counted, vote.superseded) == ("1", (second,), (first,))


def test_of_one_moment_the_decision_further_down_counts() -> None:
    vote = settle([said("1", row=9), said("0", row=10)])
    assert vote.label == "0"


def test_the_label_that_most_reviewers_gave_wins() -> None:
    vote = settle([said("1", "a"), said("0", "b"), said("1", "c")])
    assert (vote.label, vote.agreeing, len(vote.counted)) == ("1", 2, 3)


def test_as_many_for_one_label_as_for_another_is_no_label() -> None:
    assert settle([said("1", "a"), said("0", "b")]).label is None


def test_a_changed_mind_can_make_a_tie() -> None:
    minds = [said("1", "a"), said("1", "b"), said("0", "b", at="2026-02-02")]
    assert settle(minds).label is None


def test_each_of_several_labels_is_voted_on_by_itself() -> None:
    vote = settle_several(
        [said('["a","b"]', "x"), said('["a"]', "y"), said('["a","b","c"]', "z", "2026-03-01")]
    )
    assert (vote.label, vote.agreeing) == ('["a","b"]', 1)
    nobody_gave_it = settle_several([said('["a"]', "x"), said('["b"]', "y"), said('["c"]', "z")])
    assert (nobody_gave_it.label, nobody_gave_it.agreeing) == ("[]", 0)
    assert nobody_gave_it.labelled_at == nobody_gave_it.last_decided_at


def test_a_label_that_half_of_the_reviewers_gave_is_tied() -> None:
    assert settle_several([said('["a"]', "x"), said('["a","b"]', "y")]).label is None


@pytest.mark.parametrize(
    ("label", "names"),
    [
        ('["b","A"]', '["a","b"]'),
        ("b|a", '["a","b"]'),
        ("B", '["b"]'),
        ("|", "[]"),
        ("[]", "[]"),
        ("a|x", None),
        ("1", None),
    ],
)
def test_several_labels_become_a_list_of_the_tasks_names(label: str, names: str | None) -> None:
    assert canonical_labels(label, ["a", "b"]) == names


@pytest.mark.parametrize("names", [["hateful", "not_hateful"], ["not_hateful", "hateful"]])
@pytest.mark.parametrize(
    ("label", "as_told"),
    [("hateful", "1"), ("Not hateful", "0"), ("TRUE", "1"), ("no", "0"), ("1.0", "1"), ("0", "0")],
)
def test_a_decision_means_the_same_in_either_order(
    names: list[str], label: str, as_told: str
) -> None:
    assert canonical_label(label, names, task="hateful", yes_or_no=True) == as_told


def test_the_label_was_made_when_the_last_reviewer_agreed_to_it() -> None:
    vote = settle(
        [said("1", "a", "2026-02-01"), said("1", "b", "2026-02-03"), said("0", "c", "2026-02-09")]
    )
    assert vote.labelled_at.startswith("2026-02-03")
    assert vote.last_decided_at.startswith("2026-02-09")


@given(st.permutations([said("1", "a"), said("0", "b"), said("0", "a", row=5), said("1", "c")]))
def test_the_order_of_decisions_does_not_matter(decisions: list[DecisionRow]) -> None:
    vote = settle(decisions)
    assert (vote.label, sorted(vote.counted)) == (
        "0",
        sorted([said("0", "a", row=5), said("0", "b"), said("1", "c")]),
    )


@pytest.mark.parametrize(
    ("label", "written"),
    [("hateful", "1"), ("Not_Hateful", "0"), ("1", "1"), (" 0 ", "0"), ("2", None), ("", None)],
)
def test_a_memes_label_is_written_as_the_record_layout_has_it(
    label: str, written: str | None
) -> None:
    assert canonical_label(label, ["not_hateful", "hateful"], yes_or_no=True) == written


@pytest.mark.parametrize(
    ("label", "written"), [("implies", "Implies"), ("NoEntailment", "NoEntailment"), ("1", None)]
)
def test_a_pairs_label_is_one_of_the_tasks(label: str, written: str | None) -> None:
    assert canonical_label(label, ENTAILMENT, yes_or_no=False) == written


def test_a_name_has_one_hash_under_one_key_and_another_under_another() -> None:
    assert KEY.hash("Ada") == ReviewerKey(b"k" * 32, "random").hash("Ada")
    assert KEY.hash("Ada") != ReviewerKey(b"j" * 32, "given").hash("Ada")
    assert "k" * 8 not in repr(KEY)


def test_the_key_comes_from_the_file_then_the_environment_then_chance(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = f"{tmp_path}/key"
    with open(file, "w") as written:
        written.write("f" * 32 + "\n")
    monkeypatch.setenv(KEY_VARIABLE, "e" * 32)
    assert load_key(file) == ReviewerKey(b"f" * 32, "given")
    assert load_key(None) == ReviewerKey(b"e" * 32, "given")
    monkeypatch.delenv(KEY_VARIABLE)
    assert load_key(None).origin == "random"
    assert load_key(None).key != load_key(None).key


def test_a_key_that_is_too_short_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "secret")
    with pytest.raises(ReviewerKeyError, match=r"6 bytes are too short.*openssl rand"):
        load_key(None)
