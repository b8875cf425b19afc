from __future__ import annotations

from typing import Any

import pytest

from moderation.evaluation.pairing.parse_rows import (
    LabelReader,
    Unusable,
    check_scores,
    label_of,
    read_scores,
    read_verdict,
)
from moderation.records.layout import Layout
from moderation.records.rows import RawRow
from schemas.codes import Code
from schemas.records import Kind


def row(**fields: Any) -> RawRow:
    return RawRow("file", 7, fields)


def labels(*slice_columns: str, **layout: Any) -> LabelReader:
    return LabelReader(Layout(**layout), slice_columns)


def test_a_record_with_a_label_is_known_by_its_ids() -> None:
    pair = labels()(row(id_1=1, id_2="2", text_1="", label="Implies"))
    assert (pair.item_id, pair.kind, pair.label, pair.task) == (
        "1:2",
        "tweet_pair",
        "Implies",
        None,
    )
    meme = labels()(row(id=42953, img="x", text="", label=0))
    assert (meme.item_id, meme.kind, meme.label) == ("42953", "meme", "0")


def test_a_row_with_an_item_id_needs_nothing_else() -> None:
    bare = labels()(row(item_id="9", label="yes"))
    assert (bare.item_id, bare.kind) == ("9", None)
    full = labels()(row(item_id="9", kind="meme", task="spam", label="yes"))
    assert (full.kind, full.task) == ("meme", "spam")


def test_a_record_kind_that_was_set_is_kept_to() -> None:
    made = labels(record_kind=Kind.MEME, columns={"id": "key"})(row(key=3, label=1))
    assert (made.item_id, made.kind) == ("3", "meme")


@pytest.mark.parametrize(
    ("given", "label"),
    [
        ("hateful", "hateful"),
        (1, "1"),
        (1.0, "1"),
        (True, "1"),
        ("", None),
        (" ", None),
        (None, None),
        (["a", "b"], ["a", "b"]),
        ('["a", "b"]', ["a", "b"]),
        ("[not json", "[not json"),
        ([], []),
        ({"a": 1}, None),
    ],
)
def test_labels_come_as_names_numbers_and_lists(given: Any, label: Any) -> None:
    assert label_of(given) == label


def test_slices_are_columns_or_lie_in_extras() -> None:
    reader = labels("lang", "site", "modalities")
    made = reader(row(item_id="1", label="a", lang="de", extras='{"site": "x", "lang": "en"}'))
    assert made.slices == ["de", "x", None]
    made = reader(row(item_id="1", label="a", lang="", site=3, modalities=["text", "img"]))
    assert made.slices == [None, "3", "text+img"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"label": "a"}, Code.UNKNOWN_KIND),
        ({"item_id": "", "label": "a"}, Code.MISSING_FIELD),
        ({"item_id": 1.5, "label": "a"}, Code.WRONG_TYPE),
        ({"item_id": "x" * 601, "label": "a"}, Code.INVALID_VALUE),
        ({"item_id": "1", "kind": "video"}, Code.UNKNOWN_KIND),
        ({"id": 1.5, "text": ""}, Code.WRONG_TYPE),
        ({"id": None, "text": ""}, Code.MISSING_FIELD),
    ],
)
def test_a_row_that_names_no_item_has_a_code(fields: dict[str, Any], code: Code) -> None:
    with pytest.raises(Unusable) as refused:
        labels()(row(**fields))
    assert refused.value.code is code


def test_scores_are_numbers_under_the_names_of_labels() -> None:
    made = read_scores(row(item_id=5, task="t", p_b="0.25", p_a=0.75, p_c=None, note="x"))
    assert (made.item_id, made.tasks) == ("5", {"t": [("b", 0.25), ("a", 0.75)]})


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"item_id": "1", "p_a": 0.5, "p_b": 0.5}, Code.MISSING_FIELD),
        ({"item_id": "1", "task": "t", "p_a": 0.5}, Code.MISSING_FIELD),
        ({"item_id": "1", "task": "t", "p_a": "x", "p_b": 0.5}, Code.WRONG_TYPE),
        ({"item_id": "1", "task": "t", "p_a": 0.7, "p_b": 0.5}, Code.INVALID_VALUE),
        ({"item_id": "1", "task": "t", "p_a": -0.5, "p_b": 1.5}, Code.INVALID_VALUE),
        ({"item_id": "1", "task": "t", "p_a": "nan", "p_b": 0.5}, Code.INVALID_VALUE),
        ({"task": "t", "p_a": 0.5, "p_b": 0.5}, Code.MISSING_FIELD),
    ],
)
def test_scores_that_are_none_have_a_code(fields: dict[str, Any], code: Code) -> None:
    with pytest.raises(Unusable) as refused:
        check_scores(read_scores(row(**fields)), frozenset())
    assert refused.value.code is code


def test_probabilities_of_several_labels_need_no_sum() -> None:
    check_scores(read_scores(row(item_id="1", task="t", p_a=0.9, p_b=0.8)), frozenset({"t"}))


def test_a_verdict_has_its_tasks_in_the_order_of_its_labels() -> None:
    probabilities = [("hateful.no", 0.4), ("hateful.yes", 0.6), ("x.b", 0.1), ("x.a", 0.9)]
    made = read_verdict(
        row(item_id="1", kind="meme", source="s", row=2, probabilities=probabilities,
            modalities=["text"])
    )  # fmt: skip
    assert made.tasks == {"hateful": [("no", 0.4), ("yes", 0.6)], "x": [("b", 0.1), ("a", 0.9)]}
    assert made.modalities == "text"
