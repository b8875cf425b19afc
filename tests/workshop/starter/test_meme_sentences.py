"""The sentences of our own: both sides of each function, no form on two sides, alike by seed."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest

from workshop.starter import meme_sentences, spelling

ONLY_HARMLESS = {
    "homonym", "individual", "negative", "neutral", "news", "object", "other_group", "positive",
    "report",
}  # fmt: skip
SIDES = (False, True)


@pytest.mark.parametrize("held_back", SIDES)
def test_every_function_that_has_a_contrast_has_both_labels_on_both_sides(held_back: bool) -> None:
    labels: dict[str, set[int]] = {}
    for name, label in meme_sentences.forms(held_back=held_back):
        labels.setdefault(name, set()).add(label)
    assert {name for name, found in labels.items() if found == {0}} == ONLY_HARMLESS
    assert all(found == {0, 1} for name, found in labels.items() if name not in ONLY_HARMLESS)


def test_no_form_stands_on_both_sides_or_twice() -> None:
    sides = [
        Counter(form for lines in meme_sentences.forms(held_back=side).values() for form in lines)
        for side in SIDES
    ]
    assert not sides[0].keys() & sides[1].keys()
    assert sum(sides[1].values()) > 250


def test_no_form_has_both_labels() -> None:
    by_label: dict[int, set[str]] = {0: set(), 1: set()}
    for side in SIDES:
        for (_, label), lines in meme_sentences.forms(held_back=side).items():
            by_label[label].update(lines)
    assert not by_label[0] & by_label[1]


def test_held_back_forms_are_never_drawn_for_training() -> None:
    shown, hidden = (
        {
            f
            for lines in meme_sentences.forms(held_back=side).values()
            for f in lines
            if "{" not in f
        }
        for side in SIDES
    )
    assert len(hidden) > 10
    drawn, judged = ("\n".join(meme_sentences.draw(9000, Random(1), held_back=side).texts).lower()
                     for side in SIDES)  # fmt: skip
    assert not [sentence for sentence in hidden if len(sentence) > 14 and sentence in drawn]
    assert [sentence for sentence in shown if sentence in drawn]
    assert [sentence for sentence in hidden if sentence in judged]
    assert not [sentence for sentence in shown if len(sentence) > 14 and sentence in judged]


def test_sentences_are_half_hateful_and_drawn_alike_by_seed() -> None:
    first, again = (meme_sentences.draw(200, Random(5)) for _ in range(2))
    assert first.texts == again.texts
    assert first.labels.mean() == 0.5
    assert meme_sentences.draw(200, Random(6)).texts != first.texts


def test_a_function_left_out_is_not_drawn() -> None:
    others = set(meme_sentences.functions()) - {"reclaimed"}
    hateful, harmless = (
        {meme_sentences.draw(2, Random(seed), without=others).texts[label] for seed in range(40)}
        for label in (1, 0)
    )
    assert len(hateful | harmless) > 60
    without = meme_sentences.draw(2000, Random(0), without={"reclaimed"}).texts
    assert not [text for text in without if "proud of it" in text]


def test_every_place_is_filled_with_one_group_a_sentence() -> None:
    random = Random(2)
    groups = {group["plural"] for group in meme_sentences.SENTENCES.rows("groups")}
    for label in (0, 1):
        for name in meme_sentences.functions():
            if name in ONLY_HARMLESS and label:
                continue
            text = meme_sentences.draw_function(name, label, random)
            assert text
            assert not re.search(r"\{\w+\}", text)
    told = [meme_sentences.draw_function("negated_good", 1, random) for _ in range(200)]
    named = [{g for g in groups if re.search(rf"\b{g}\b", text.lower())} for text in told]
    assert sum(bool(found) for found in named) > 100


def test_a_check_sentence_is_no_form_and_never_drawn() -> None:
    names, check = meme_sentences.checked()
    assert len(names) == len(check.texts) >= 290
    assert len(set(check.texts)) == len(check.texts)
    assert set(check.labels) == {0, 1}
    drawn = {text.lower() for text in meme_sentences.draw(8000, Random(3)).texts}
    assert not drawn & {text.lower() for text in check.texts}


def test_each_way_of_spelling_keeps_some_of_the_text() -> None:
    text = "you can trust women"
    ways = {spelling.disturb(text, Random(seed)) for seed in range(60)}
    assert "youcantrustwomen" in ways
    assert "y o u   c a n   t r u s t   w o m e n" in ways
    assert len(ways) > 20
    shown = spelling.emoji_letters(text, Random(1))
    assert shown != text
    assert any(ord(char) > 0x2000 for char in shown)
