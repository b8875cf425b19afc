"""What the first hate head sees in an epoch, and what of the sets of others it does not."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np
import pytest

from workshop.starter import hate_mix, hate_stage
from workshop.starter.data import HateSets, Splits, Texts

_SMALL = hate_mix.Mix(contrast_texts=40, noisy_share=0.0, swapped_copies=0, other_heads_share=0.5)


def _splits(*rows: tuple[str, int]) -> Splits:
    texts = Texts(tuple(t for t, _ in rows), np.array([y for _, y in rows], np.int32))
    return Splits(texts, texts, texts)


def _sets() -> HateSets:
    edos = _splits(
        ("women are stupid whores", 1), ("she talks a lot, like my wife", 1),
        ("the bus was late", 0), ("a muslim took the bus", 0), ("what a faggot", 0),
    )  # fmt: skip
    davidson = _splits(("get rid of them", 1), ("this bitch again", 0), ("lovely birds", 0))
    return HateSets(
        heads=(_splits(("hate 🐀", 1), ("love 🐀", 0)), edos, davidson),
        ordinary=_splits(("lovely birds", 0)),
        posts=_splits(("storm tonight #sandy", 0)),
        templates=_splits(("Being gay is fun", 0), ("Being gay is vile", 1)),
    )


def test_the_first_head_sees_real_posts_of_all_sets_with_the_labels_that_hold_for_hate() -> None:
    rows = hate_mix.one_epoch(_sets(), _SMALL, Random(1))
    first = {text: label for text, label, head in rows if head == 0}
    assert first["women are stupid whores"] == 1
    assert first["get rid of them"] == 1
    assert {first[t] for t in ("this bitch again", "the bus was late", "lovely birds")} == {0}
    assert first["storm tonight #sandy"] == 0
    assert (first["Being gay is fun"], first["Being gay is vile"]) == (0, 1)


def test_what_edos_says_nothing_of_does_not_reach_the_first_head_as_harmless() -> None:
    rows = hate_mix.one_epoch(_sets(), _SMALL, Random(1))
    first = {text for text, _, head in rows if head == 0}
    assert not first & {"a muslim took the bus", "what a faggot", "she talks a lot, like my wife"}


def test_the_other_heads_see_half_of_their_positive_rows() -> None:
    rows = hate_mix.one_epoch(_sets(), _SMALL, Random(1))
    assert Counter((head, label) for _, label, head in rows if head) == {
        (1, 1): 1, (1, 0): 1,
    }  # fmt: skip


def test_noise_changes_real_texts_and_no_label() -> None:
    mix = hate_mix.Mix(contrast_texts=0, noisy_share=1.0, swapped_copies=0, other_heads_share=0.0)
    rows = hate_mix.one_epoch(_sets(), mix, Random(3))
    texts = {text for text, _, _ in rows}
    assert "women are stupid whores" not in texts
    assert sum(label for _, label, _ in rows) == 4


@pytest.mark.parametrize(
    ("text", "is_named"),
    [("two Poles on a bike", True), ("my wife is late", False), ("women drive", False)],
)
def test_a_group_that_edos_does_not_label_is_seen(text: str, is_named: bool) -> None:
    assert hate_mix.names_others(text) is is_named


def test_of_weights_trained_further_the_share_that_is_kept_stays() -> None:
    begun = {"hate/bias": np.array([1.0, 3.0]), "word": np.zeros(2)}
    found = hate_stage.between(begun, {"hate/bias": np.array([2.0, 3.0])}, kept_share=0.25)
    assert {name: value.tolist() for name, value in found.items()} == {"hate/bias": [1.75, 3.0]}
