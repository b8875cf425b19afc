from __future__ import annotations

import hashlib
from typing import Any

import pytest

from moderation.verdicts.decide import Judge, sampled
from moderation.verdicts.policy import PolicyError, check_policy, load_policy
from schemas.card import Card
from schemas.policy import Decision, Policy
from schemas.records import Kind
from tests.models.fakes import both_kinds_card

KEY = "f" * 32
"""A content key that no small sample takes."""


def judge(*, thresholds: dict[str, float] | None = None, **policy: Any) -> Judge:
    card = both_kinds_card()
    card["tasks"][1]["thresholds"] = thresholds or {}
    rules = {
        "is_contradiction": {"task": "entailment", "label": "Contradictory", "threshold": 0.6},
        "is_implication": {
            "task": "entailment",
            "label": "Implies",
            "threshold": 0.5,
            "action": "record",
        },
        "is_hateful": {
            "task": "hateful",
            "label": "hateful",
            "review_band": {"below": 0.2, "above": 0.1},
        },
    }
    loaded = Policy.model_validate({"version": "t", "flags": rules, **policy})
    return Judge(loaded, Card.model_validate(card))


def meme(p: float, **options: Any) -> Any:
    return judge(**options).decide(Kind.MEME, {"hateful": (1 - p, p)}, content_key=KEY)


@pytest.mark.parametrize(
    ("p", "flag", "decision"),
    [
        (0.29, False, Decision.CLEAR),
        (0.30, False, Decision.REVIEW),
        (0.49, False, Decision.REVIEW),
        (0.50, True, Decision.REVIEW),
        (0.59, True, Decision.REVIEW),
        (0.60, True, Decision.FLAG),
        (1.00, True, Decision.FLAG),
    ],
)
def test_the_band_around_the_threshold_goes_to_people(
    p: float, flag: bool, decision: Decision
) -> None:
    outcome = meme(p)
    assert (outcome.flags["is_hateful"], outcome.decision) == (flag, decision)


def test_the_cards_threshold_counts_where_the_policy_names_none() -> None:
    assert not meme(0.8, thresholds={"hateful": 0.9}).flags["is_hateful"]
    assert meme(0.95, thresholds={"hateful": 0.9}).flags["is_hateful"]


def test_a_recorded_flag_does_not_decide() -> None:
    scores = {"entailment": (0.1, 0.8, 0.1)}
    outcome = judge().decide(Kind.TWEET_PAIR, scores, content_key=KEY)
    assert outcome.flags == {"is_contradiction": False, "is_implication": True}
    assert (outcome.decision, outcome.entailment_label) == (Decision.CLEAR, "Implies")


def test_a_flag_that_people_decide_on_sends_all_above_its_band_to_them() -> None:
    rule = {"task": "hateful", "label": "hateful", "action": "review", "threshold": 0.5}
    asked = judge(flags={"is_hateful": rule})
    found = [
        asked.decide(Kind.MEME, {"hateful": (1 - p, p)}, content_key=KEY) for p in (0.49, 0.5, 1.0)
    ]
    assert [each.decision for each in found] == [Decision.CLEAR, Decision.REVIEW, Decision.REVIEW]
    assert found[1].reasons == ("is_hateful",)
    assert found[1].flags == {"is_hateful": True}


def test_a_sample_of_the_flagged_goes_to_people_and_stays_flagged() -> None:
    keys = [hashlib.md5(str(index).encode()).hexdigest() for index in range(2_000)]
    asked = judge(review={"sample_flag": 0.1})
    sure, unsure = {"hateful": (0.0, 1.0)}, {"hateful": (1.0, 0.0)}
    found = [asked.decide(Kind.MEME, sure, content_key=key) for key in keys]
    seen = [each for each in found if each.to_be_seen]
    assert {each.decision for each in found} == {Decision.FLAG}
    assert {each.reasons for each in seen} == {("is_hateful", "flag_sample")}
    assert [each.to_be_seen for each in found] == [sampled(key, 0.1) for key in keys]
    assert 150 < len(seen) < 250
    assert not any(asked.decide(Kind.MEME, unsure, content_key=key).to_be_seen for key in keys)


def test_the_margin_is_to_the_nearest_threshold_that_decides() -> None:
    assert meme(0.42).margin == pytest.approx(0.08)
    assert meme(0.97).margin == pytest.approx(0.47)
    pair = judge().decide(Kind.TWEET_PAIR, {"entailment": (0.1, 0.5, 0.4)}, content_key=KEY)
    assert pair.margin == pytest.approx(0.5)  # is_implication is only written down


def test_flags_of_a_task_that_did_not_judge_are_absent() -> None:
    assert set(meme(0.1).flags) == {"is_hateful"}


def test_a_missing_image_goes_to_review_where_the_policy_says_so() -> None:
    scores = {"hateful": (1.0, 0.0)}
    asked = judge(review={"on_missing_image": True})
    shown = asked.decide(Kind.MEME, scores, content_key=KEY)
    missing = asked.decide(Kind.MEME, scores, content_key=KEY, image_missing=True)
    assert (shown.decision, missing.decision) == (Decision.CLEAR, Decision.REVIEW)
    assert missing.reasons == ("missing_image",)


def test_the_quality_sample_is_of_the_size_asked_and_the_same_every_time() -> None:
    keys = [hashlib.md5(str(index).encode()).hexdigest() for index in range(20_000)]
    chosen = [key for key in keys if sampled(key, 0.05)]
    assert 850 < len(chosen) < 1150
    assert chosen == [key for key in keys if sampled(key, 0.05)]
    assert not any(sampled(key, 0.0) for key in keys)
    assert all(sampled(key, 1.0) for key in keys)


def test_the_shipped_policy_fits_a_model_with_both_tasks() -> None:
    policy = load_policy(None)
    check_policy(policy.policy, Card.model_validate(both_kinds_card()))
    assert policy.digest.startswith("sha256:")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version: [", "is not YAML"),
        ("version: 1", "breaks the policy's schema"),
        ("version: v\nflags: {hateful: {task: hateful, label: hateful}}", "starts with 'is_'"),
        (
            "version: v\nflags: {is_h: {task: hateful, label: hateful, threshold: 1.5}}",
            "out of range: it must lie between 0 and 1",
        ),
    ],
)
def test_a_policy_that_cannot_be_used_says_why(tmp_path: Any, text: str, words: str) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    with pytest.raises(PolicyError, match=words):
        load_policy(str(path))


def test_a_policy_for_labels_or_tasks_the_model_lacks_is_refused() -> None:
    card = Card.model_validate(both_kinds_card())
    flags = {"is_x": {"task": "hateful", "label": "toxic"}}
    with pytest.raises(PolicyError, match=r"label 'toxic'.*\['not_hateful', 'hateful'\]"):
        check_policy(Policy.model_validate({"version": "1", "flags": flags}), card)
    flags = {"is_x": {"task": "spam", "label": "spam"}}
    with pytest.raises(PolicyError, match="no flag could ever be raised"):
        check_policy(Policy.model_validate({"version": "1", "flags": flags}), card)
