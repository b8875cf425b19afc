"""Another policy over stored scores, and over what banks of known pictures said."""

from __future__ import annotations

from typing import Any

import pytest

from moderation.evaluation.pairing.decided import Redecide, as_written
from schemas.policy import Policy

MATCH = {
    "field": "img",
    "bank": "known",
    "entry": "1",
    "algorithm": "pdq",
    "distance": 1,
    "matched_as": "mirror",
    "others": 0,
    "tags": [],
    "text": None,
}


def redecide(action: str) -> Redecide:
    policy = {
        "version": "1",
        "flags": {"is_hateful": {"task": "hateful", "label": "hateful"}},
        "hash_banks": {"known": {"action": action}},
    }
    return Redecide(Policy.model_validate(policy), {})


def row(**more: Any) -> dict[str, Any]:
    return {"kind": "meme", "content_key": "00ff" * 8, "images": [], **more}


@pytest.mark.parametrize(
    ("action", "decision"), [("flag", "flag"), ("review", "review"), ("record", "clear")]
)
def test_matches_decide_by_the_other_policys_rules(action: str, decision: str) -> None:
    scores = {"hateful": [("not_hateful", 0.9), ("hateful", 0.1)]}
    assert redecide(action)(row(hash_matches=[MATCH]), scores).decision == decision
    assert redecide(action)(row(), scores).decision == "clear"


@pytest.mark.parametrize(
    ("decision", "reasons", "seen"),
    [
        ("review", ["review_band:is_hateful"], True),
        ("flag", ["is_hateful"], False),
        ("flag", ["is_hateful", "flag_sample"], True),
        ("clear", [], False),
        ("clear", ["quality_sample"], True),
    ],
)
def test_people_look_at_what_is_for_review_and_at_samples(
    decision: str, reasons: list[str], seen: bool
) -> None:
    found = as_written({"decision": decision, "reasons": reasons})
    assert found is not None
    assert found.seen is seen


def test_another_policys_samples_are_looked_at_too() -> None:
    policy = {
        "version": "1",
        "flags": {"is_hateful": {"task": "hateful", "label": "hateful"}},
        "review": {"sample_flag": 1.0},
    }
    decide = Redecide(Policy.model_validate(policy), {})
    found = [decide(row(), {"hateful": [("no", 1 - p), ("hateful", p)]}) for p in (0.9, 0.1)]
    assert [(each.decision, each.seen) for each in found] == [("flag", True), ("clear", False)]


def test_what_the_model_was_spared_is_decided_by_its_match_alone() -> None:
    found = redecide("flag")(row(hash_matches=[MATCH]), {})
    assert (found.decision, found.flags) == ("flag", {})
