from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from moderation.evaluation.pairing.settle_item import (
    OfLabel,
    OfScore,
    Rules,
    Settled,
    places_of,
    settle,
)
from moderation.evaluation.pairing.side_rows import LabelRow, LostRow, ScoreRow
from schemas.records import Kind

RULES = Rules({Kind.MEME: "hateful"})
NAMES = ("no", "yes")


def label(value: str | None, row: int = 1, *, task: str | None = None) -> LabelRow:
    return LabelRow("1", "meme", "labels", row, task, value, [])


def scored(p: float = 0.5, row: int = 1, *, task: str = "hateful") -> ScoreRow:
    return ScoreRow("1", "meme", "scores", row, {task: [("no", 1 - p), ("yes", p)]}, None)


def settled(labels: list[LabelRow], scores: list[ScoreRow], lost: int = 0) -> Settled:
    return settle(labels, scores, [LostRow("1", "meme", "timeout")] * lost, RULES)


def test_a_label_meets_its_score() -> None:
    found = settled([label("1")], [scored(0.7)])
    (pair,) = found.pairs
    assert (pair.task, pair.truth, pair.probabilities[1]) == ("hateful", {1}, ("yes", 0.7))
    assert found.labels == Counter({OfLabel.EVALUATED: 1})
    assert found.scores == Counter({OfScore.EVALUATED: 1})


def test_of_equal_rows_the_first_by_file_and_row_is_taken() -> None:
    found = settled([label("yes", 9), label("1", 2)], [scored(0.7, 5), scored(0.7, 3)])
    (pair,) = found.pairs
    assert (pair.label.row, pair.score.row) == (2, 3)
    assert found.labels[OfLabel.DUPLICATE] == found.scores[OfScore.DUPLICATE] == 1


def test_contradicting_labels_and_contradicting_scores_leave_the_item_out() -> None:
    labels = settled([label("0"), label("1", 2)], [scored()])
    assert (labels.pairs, labels.labels[OfLabel.CONFLICTING]) == ([], 2)
    assert labels.scores == Counter({OfScore.LABEL_UNUSABLE: 1})
    scores = settled([label("0")], [scored(0.1), scored(0.2, 2)])
    assert (scores.pairs, scores.scores[OfScore.CONFLICTING]) == ([], 2)
    assert scores.labels[OfLabel.VERDICT_CONFLICTING] == 1


def test_why_a_label_has_no_score_is_told_apart() -> None:
    assert settled([label("1")], []).labels[OfLabel.WITHOUT_VERDICT] == 1
    assert settled([label("1")], [scored(task="spam")]).labels[OfLabel.OTHER_TASK] == 1
    spared = settled([label("1")], [scored()._replace(tasks={})])
    assert (spared.labels, spared.scores) == (
        Counter({OfLabel.WITHOUT_SCORES: 1}),
        Counter({OfScore.WITHOUT_SCORES: 1}),
    )
    lost = settled([label("1")], [], lost=2)
    assert (lost.labels[OfLabel.LOST_IN_RUN], dict(lost.lost)) == (1, {"timeout": 1})


def test_a_label_may_name_its_task() -> None:
    both = ScoreRow(
        "1", "meme", "s", 1, {"hateful": [("no", 0.5), ("yes", 0.5)], "spam": [("a", 1), ("b", 0)]},
        None,
    )  # fmt: skip
    found = settled([label("1"), label("b", 2, task="spam")], [both])
    assert {pair.task: set(pair.truth) for pair in found.pairs} == {"hateful": {1}, "spam": {1}}
    assert found.scores == Counter({OfScore.EVALUATED: 1})


@given(
    st.lists(st.sampled_from(["0", "1", "yes", "NO", "maybe", None]), max_size=5),
    st.lists(st.sampled_from([0.1, 0.2]), max_size=4),
    st.lists(st.sampled_from(["hateful", "spam"]), max_size=4),
    st.integers(0, 2),
)
def test_every_row_of_an_item_is_counted_once(
    labels: list[str | None], scores: list[float], tasks: list[str], lost: int
) -> None:
    label_rows = [label(value, row) for row, value in enumerate(labels)]
    score_rows = [scored(p, row, task=t) for row, (p, t) in enumerate(zip(scores, tasks))]  # noqa: B905
    found = settled(label_rows, score_rows, lost)
    assert sum(found.labels.values()) == len(label_rows)
    assert sum(found.scores.values()) == len(score_rows)
    assert len(found.pairs) == found.labels[OfLabel.EVALUATED]
    assert len(found.unknown) == found.labels[OfLabel.DEAD_LETTERED]


def test_labels_are_found_whatever_their_case_and_numbers_only_of_two() -> None:
    assert places_of(" Yes", NAMES, several=False) == {1}
    assert places_of("0", NAMES, several=False) == {0}
    assert places_of("1", ("a", "b", "c"), several=False) is None
    assert places_of("1", ("1", "0"), several=False) == {0}
    assert places_of(["yes"], NAMES, several=False) is None


def test_several_labels_are_a_list_or_parted_by_a_line() -> None:
    names = ("a", "b", "c")
    assert places_of("a| C", names, several=True) == {0, 2}
    assert places_of(["b"], names, several=True) == {1}
    assert places_of([], names, several=True) == frozenset()
    assert places_of("a|d", names, several=True) is None
