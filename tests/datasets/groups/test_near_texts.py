from __future__ import annotations

import random

import numpy as np
import pytest

from moderation.datasets.groups.near_texts import (
    NearTexts,
    any_near,
    bands_of,
    jaccard,
    normal_text,
    shingles,
    text_bands,
)

TEXT = "the bridge over the river was closed this morning after a lorry hit the railing"


@pytest.mark.parametrize(
    "other",
    [
        TEXT + "!!!",
        TEXT.replace("lorry", "truck"),
        TEXT.replace("this morning ", ""),
        "RT: " + TEXT + " https://example.org/1",
    ],
)
def test_texts_with_a_word_changed_meet_and_are_near(other: str) -> None:
    one, two = normal_text(TEXT), normal_text(other)
    assert set(text_bands(one).tolist()) & set(text_bands(two).tolist())
    assert any_near([one], [two], similarity=0.7)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("can't stop, won't stop", "can&#39;t stop, won&#x27;t stop"),
        ("salt & pepper", "salt &amp; pepper"),
        ("never trust them", "ne\u200bver tr\u00adust th\ufeffem"),
        ("caf\u00e9 noir", "cafe\u0301 noir"),
        ("full width", "\uff46\uff55\uff4c\uff4c \uff57\uff49\uff44\uff54\uff48"),
        ("", "\u200b \u2060"),
    ],
)
def test_how_a_text_is_encoded_does_not_count(one: str, other: str) -> None:
    assert normal_text(one) == normal_text(other)


def test_other_texts_on_the_same_matter_are_not_near() -> None:
    other = "police say the river crossing will stay shut until engineers have looked at the rail"
    assert not any_near([normal_text(TEXT)], [normal_text(other)], similarity=0.7)


def test_case_and_links_do_not_count_and_punctuation_only_where_nothing_else_is_there() -> None:
    assert normal_text("Look: HERE! https://t.co/x") == normal_text("look here")
    assert normal_text(" ?! https://t.co/x ") == "?!"
    assert normal_text(" \n") == ""


@pytest.mark.parametrize(
    "text",
    [
        "https://t.me/some_channel/4000",
        "t.me/some_channel/4000",
        "HTTPS://Twitter.com/someone/status/1050118621198921728/photo/1",
        "www.example.org pic.twitter.com/AbC",
    ],
)
def test_a_text_of_links_alone_is_like_an_empty_one(text: str) -> None:
    assert normal_text(text) == ""


@pytest.mark.parametrize("text", ["and/or", "1.5/2.5", "see v1.2", "a.b"])
def test_signs_within_words_make_no_link(text: str) -> None:
    assert normal_text(text) != ""


@pytest.mark.parametrize(("similarity", "least", "most"), [(0.6, 0.97, 1.0), (0.2, 0.0, 0.1)])
def test_pairs_are_proposed_as_often_as_the_bands_promise(
    similarity: float, least: float, most: float
) -> None:
    parts, shared = 60, round(2 * 60 * similarity / (1 + similarity))
    rng, met = np.random.default_rng(5), 0
    for _ in range(500):
        every = [rng.bytes(8) for _ in range(2 * parts - shared)]
        one, other = bands_of(every[:parts]), bands_of(every[parts - shared :])
        met += bool(set(one.tolist()) & set(other.tolist()))
    assert least <= met / 500 <= most


def test_bands_are_the_same_in_every_process() -> None:
    assert text_bands("a text")[:2].tolist() == [11965091707438428329, 10134045391971512507]


def test_an_index_finds_what_comparing_with_all_finds() -> None:
    rng = random.Random(3)
    words = TEXT.split()
    texts = [" ".join(rng.choices(words, k=12)) for _ in range(80)]
    index = NearTexts(texts[:40])
    for text in texts[40:]:
        closest = max(jaccard(shingles(text), shingles(other)) for other in texts[:40])
        assert not index.has_near(text, similarity=closest + 0.01)
        if closest >= 0.7:  # where the bands miss one in 5,000 at most
            assert index.has_near(text, similarity=closest)


def test_an_index_without_texts_is_near_nothing() -> None:
    assert not NearTexts([]).has_near("anything at all", similarity=0.5)


@pytest.mark.parametrize("short", ["", "a", "ab", "abcd", "\ud800", "\U0001f642"])
def test_texts_shorter_than_a_shingle_are_near_themselves_alone(short: str) -> None:
    assert text_bands(short).tolist() == text_bands(short).tolist()
    assert not set(text_bands(short).tolist()) & set(text_bands(f"{short}x").tolist())
