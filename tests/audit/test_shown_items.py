from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.audit.shown_items import (
    NOTHING_LOOKED_AT,
    Answers,
    Candidate,
    Candidates,
    Facts,
    Group,
    Looked,
    Question,
)
from moderation.audit.tell_shown import shown_items
from schemas.images import ImageReport, ImageStatus
from schemas.policy import Decision
from schemas.records import Kind
from schemas.shown_items import Modality, ShownBy, ShownItem, Why

GROUP = Group(ShownBy.HIGHEST, "is_hateful", 3)


def candidate(key: str, *, rank: float = -0.9, text: str = "words", **values: Any) -> Candidate:
    image = ImageReport(
        field="img", reference="https://host.example/a.png", status=ImageStatus.OK, sha256="0"
    )
    facts = Facts(
        kind=Kind.MEME,
        decision=Decision.FLAG,
        reasons=("is_hateful",),
        probabilities={"hateful.hateful": -rank},
        texts={"text": text},
        characters={"text": len(text)},
        text_source=None,
        images=(image,),
        pictures=(("img", "a.png", "/pictures/a.png?signature=secret", None),),
    )
    named = {"copies": 1, "first": ("a.jsonl", 1, key), **values}
    return Candidate(rank, key, question=Question("hateful.hateful", 0.5), facts=facts, **named)


def one(text: str, *, redacted: bool = False, looked: Looked | None = None) -> ShownItem:
    held = Candidates()
    held.add(GROUP, [candidate("k", text=text)])
    [item] = shown_items(held, looked, redacted=redacted).items
    return item


@given(
    rows=st.lists(st.tuples(st.integers(0, 12), st.integers(1, 50)), min_size=1, max_size=40),
    cuts=st.lists(st.integers(0, 40), max_size=6),
    seed=st.integers(0, 9),
)
def test_parts_add_up_to_the_same_whatever_their_order(
    rows: list[tuple[int, int]], cuts: list[int], seed: int
) -> None:
    """Items have equal ranks in threes, and rows in several parts."""
    offered = [
        candidate(f"{n:02}", rank=-(n // 3) / 10, first=("a.jsonl", row, f"{row}"))
        for n, row in rows
    ]
    whole = Candidates()
    whole.add(GROUP, offered)
    bounds = sorted({0, *cuts, len(offered)})
    parts = []
    for begin, end in itertools.pairwise(bounds):
        part = Candidates()
        for each in offered[begin:end]:
            part.add(GROUP, [each])
        parts.append(part)
    random.Random(seed).shuffle(parts)
    total = Candidates()
    for part in parts:
        total.merge(part)
    assert total == whole
    first = whole.groups[GROUP][0]
    assert first.copies == sum(f"{n:02}" == first.content_key for n, _ in rows)
    assert len(whole.groups[GROUP]) <= GROUP.most


def test_an_item_in_two_groups_is_told_once() -> None:
    held = Candidates()
    other = Group(ShownBy.NEAREST, "is_other", 3)
    for group in (other, GROUP):
        held.add(group, [candidate("k")])
    told = shown_items(held, None, redacted=False)
    assert [group.by for group in told.groups] == [ShownBy.HIGHEST, ShownBy.NEAREST]
    assert [item.content_key for item in told.items] == ["k"]


def test_a_long_text_is_cut_and_says_by_how_much() -> None:
    [text] = one("a b " * 25_000).texts
    assert (len(text.text), text.left_out) == (500, 99_500)


def test_signs_that_steer_a_line_are_spelled() -> None:
    [text] = one("in\u202enettirw\x1b[31m\u2066 می\u200cخواهم e" + "\u0301" * 50).texts
    assert text.text.startswith("in⟨U+202E⟩nettirw⟨U+001B⟩[31m⟨U+2066⟩ می\u200cخواهم")
    assert text.text.count("\u0301") == 4


@pytest.mark.parametrize("place", [470, 490, 498, 1_990])
def test_who_is_named_is_gone_before_a_text_is_cut(place: int) -> None:
    [text] = one("x " * (place // 2) + "ann.lee@mail.example.org, hello " * 50, redacted=True).texts
    assert "ann" not in text.text
    assert "mail" not in text.text.replace("[e-mail]", "").replace("[e-mai", "")


def test_who_is_named_goes_out_of_references_too_and_no_location_is_told() -> None:
    item = one("@ann, see https://host.example/x", redacted=True)
    assert item.texts[0].text == "[mention], see [link]"
    assert item.images[0].reference == "[link]"
    assert "secret" not in one("words").model_dump_json()


def why(**said: float | str) -> Why:
    notes = {name: value for name, value in said.items() if isinstance(value, str)}
    scores = {
        name: {"hateful.hateful": value} for name, value in said.items() if isinstance(value, float)
    }
    held = Candidates()
    held.add(GROUP, [candidate("k", rank=-0.9)])
    looked = NOTHING_LOOKED_AT._replace(answers={"k": Answers(scores, notes)})
    [score] = shown_items(held, looked, redacted=False).groups[0].scores
    assert score.why
    return score.why


def test_what_moved_a_score_most_is_named() -> None:
    both = why(whole=0.9, without_image=0.2, without_text=0.85)
    assert (both.moved_most, both.without_image, both.without_text) == (Modality.IMAGE, 0.2, 0.85)
    assert why(whole=0.9, without_image=0.8, without_text=1.0).moved_most is not None
    assert why(whole=0.9, without_image=0.899, without_text=0.901).moved_most is None
    assert why(whole=0.9, without_text=0.1).moved_most is Modality.TEXT


def test_an_item_that_is_not_what_was_judged_explains_nothing() -> None:
    other = why(whole=0.5, without_image=0.2, without_text=0.85)
    assert (other.moved_most, other.without_image) == (None, None)
    assert "says 0.500, not 0.900" in other.notes[0]
    gone = why(whole="a picture cannot be had again")
    assert gone == Why(notes=["a picture cannot be had again"])
