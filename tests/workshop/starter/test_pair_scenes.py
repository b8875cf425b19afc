"""Scenes and headlines of our own: what makes two of them contradict, and what does not."""

from __future__ import annotations

import re
from random import Random

import pytest

from workshop.starter import pair_scenes
from workshop.starter.pair_places import SENTENCES, Filler

_DENIES = re.compile(r"\b(not|no|nobody)\b")


def _drawn(maker: object, label: int, count: int = 150) -> list[tuple[str, str]]:
    assert callable(maker)
    return [maker(label, Random(seed), held_back=False) for seed in range(count)]


@pytest.mark.parametrize("held_back", [False, True])
@pytest.mark.parametrize("label", range(3))
@pytest.mark.parametrize("maker", [pair_scenes.scenes, pair_scenes.headlines])
def test_every_place_is_filled(maker: object, label: int, *, held_back: bool) -> None:
    assert callable(maker)
    for seed in range(60):
        for text in maker(label, Random(seed), held_back=held_back):
            assert text.strip() == text
            assert not re.search(r"[{}|;]|  ", text)


def test_scenes_that_contradict_deny_or_turn_round_what_the_same_people_do() -> None:
    opposites = {
        part for row in SENTENCES.rows("scenes") for part in pair_scenes._wordings(row["opposite"])
    }
    for first, second in _drawn(pair_scenes.scenes, pair_scenes.CONTRADICTORY):
        denied = [bool(_DENIES.search(text)) for text in (first, second)]
        turned = any(act in text for act in opposites for text in (first, second))
        assert sum(denied) == 1 or turned


def test_headlines_contradict_by_another_figure_of_the_same_event_alone() -> None:
    for first, second in _drawn(pair_scenes.headlines, pair_scenes.CONTRADICTORY):
        assert first != second


def test_headlines_of_other_events_may_give_any_figure() -> None:
    filler = Filler(Random(1))
    told = filler.fill("{n} hurt in {place}")
    other = filler.other_than(["place"]).fill("{n} hurt in {place}")
    assert told.split()[0] == other.split()[0]
    assert told.split(" in ")[1] != other.split(" in ")[1]
    assert filler.fill("{n} hurt in {place}") == told


def test_two_people_of_other_scenes_are_not_one_by_a_wider_word() -> None:
    rows = {row["subject"]: row for row in SENTENCES.rows("people")}
    assert not pair_scenes._differ(rows["an old man"], rows["a man"])
    assert not pair_scenes._differ(rows["a man"], rows["an old man"])
    assert pair_scenes._differ(rows["a man"], rows["a nurse"])
