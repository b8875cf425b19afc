"""Pairs of our own: what is held back stays so, and what is drawn is what its label says."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np

from workshop.starter import pair_posts, pair_scenes, pair_sentences

POSTS = tuple(f"number {n} is a good day for team {n} https://t.co/{n}" for n in range(40))


def test_no_form_lies_on_both_sides_and_about_a_fourth_is_held_back() -> None:
    held_back = set(pair_sentences.forms(held_back=True))
    trained = set(pair_sentences.forms(held_back=False))
    assert not held_back & trained
    assert 0.2 < len(held_back) / len(held_back | trained) < 0.35


def test_the_same_seed_draws_the_same_pairs_and_labels_are_alike_often() -> None:
    first, again = (pair_sentences.draw(600, Random(3)) for _ in range(2))
    assert first.first == again.first
    assert first.second == again.second
    assert min(Counter(first.labels.tolist()).values()) > 150


def test_every_place_of_every_form_is_filled() -> None:
    for held_back in (False, True):
        drawn = pair_sentences.draw(3000, Random(1), held_back=held_back)
        assert not [text for text in (*drawn.first, *drawn.second) if "{" in text or "|" in text]


def test_the_check_holds_all_labels_and_is_never_drawn() -> None:
    functions, checked = pair_sentences.checked()
    assert len(functions) == len(checked.labels) >= 120
    assert min(np.bincount(checked.labels)) >= 30
    seen = set(zip(checked.first, checked.second, strict=True))
    drawn = pair_sentences.draw(3000, Random(2))
    assert not seen & set(zip(drawn.first, drawn.second, strict=True))


def test_pairs_of_posts_are_mostly_two_posts_with_nothing_in_common() -> None:
    drawn = pair_sentences.draw(400, Random(4), posts=POSTS, posts_share=1.0)
    counts = Counter(drawn.labels.tolist())
    assert counts[pair_scenes.NEITHER] > 200
    assert counts[pair_scenes.IMPLIES] > 20
    assert counts[pair_scenes.CONTRADICTORY] > 20


def test_a_post_is_turned_round_by_one_word() -> None:
    def changes(post: str) -> set[str]:
        return {pair_posts.contradicted(post, Random(seed)) for seed in range(30)}

    assert "the tunnel is not open" in changes("the tunnel is open")
    assert "the tunnel is closed" in changes("the tunnel is open")
    assert "we do care" in changes("we do not care")
    assert changes("hm") == {"hm"}
    assert "5 cows" not in changes("5 cows")
