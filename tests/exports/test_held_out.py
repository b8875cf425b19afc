from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.datasets.groups.near_texts import jaccard, normalised, shingles
from moderation.exports.held_out import HeldOut, HeldOutItem

TEXT = "the bridge over the river is closed until further notice because of the flood"


def index(*texts: str, similarity: float = 0.8, **others: tuple[str, ...]) -> HeldOut:
    item = HeldOutItem(
        "held", tuple(map(normalised, texts)), others.get("at", ()), others.get("sha", ()), 0
    )
    return HeldOut([item], text_similarity=similarity)


def like(held: HeldOut, text: str, *, key: str = "other", images: tuple[str, ...] = ()) -> object:
    return held.match(key, images=images, texts=[text])


def test_equal_content_is_found() -> None:
    assert like(index(TEXT), "something else", key="held") == "content"


@pytest.mark.parametrize("image", ["https://example.org/a.jpg", "0" * 64])
def test_an_image_is_found_by_its_digest_and_by_where_it_is(image: str) -> None:
    held = index(TEXT, at=("https://example.org/a.jpg",), sha=("0" * 64,))
    assert like(held, "something else", images=(image,)) == "image"
    assert held.has_image("0" * 64)


@pytest.mark.parametrize(
    "text",
    [
        TEXT.upper(),
        TEXT.replace(" ", "\u00a0  ") + "!!!",
        f"{TEXT} https://t.co/xYz",
        "“" + TEXT + "”",
    ],
)
def test_case_blanks_punctuation_and_links_make_no_difference(text: str) -> None:
    assert like(index(TEXT, similarity=1.0), text) == "text"


def test_any_text_of_a_pair_is_enough() -> None:
    held = index(TEXT, similarity=1.0)
    assert held.match("k", images=[], texts=["nothing alike", TEXT]) == "text"


def test_a_word_changed_is_near_and_not_equal() -> None:
    changed = TEXT.replace("flood", "floods")
    assert like(index(TEXT), changed) == "near_text"
    assert like(index(TEXT, similarity=1.0), changed) is None


def test_another_text_of_the_same_words_start_is_not_near() -> None:
    assert like(index(TEXT), "the bridge over the river is open again, the flood has gone") is None


def test_an_empty_text_is_like_no_other() -> None:
    assert like(index("", "…"), "") is None
    assert like(index("", "…"), "?!") is None


def test_nothing_held_out_is_like_nothing() -> None:
    assert HeldOut((), text_similarity=0.8).match("k", images=[None], texts=[TEXT]) is None


def test_every_planted_near_text_among_thousands_is_found_and_no_other() -> None:
    rng = random.Random(5)
    words = ["".join(rng.choices("abcdefghij", k=rng.randint(3, 8))) for _ in range(3_000)]

    def text() -> str:
        return " ".join(rng.choices(words, k=20))

    held_texts = [text() for _ in range(300)]
    held = HeldOut(
        [HeldOutItem(f"h{n}", (normalised(t),), (), (), 0) for n, t in enumerate(held_texts)],
        text_similarity=0.8,
    )
    planted = []
    for original in held_texts:
        parts = original.split()
        parts[rng.randrange(20)] = "changed"
        planted.append(" ".join(parts))
    near = [t for t, o in zip(planted, held_texts, strict=True) if _similarity(t, o) >= 0.8]
    assert len(near) > 100
    assert all(like(held, text) == "near_text" for text in near)
    assert not any(like(held, text()) for _ in range(300))


def _similarity(one: str, other: str) -> float:
    return jaccard(shingles(normalised(one)), shingles(normalised(other)))


@given(st.text(), st.text())
def test_similarity_is_symmetric_and_one_for_equals(one: str, other: str) -> None:
    assert _similarity(one, other) == _similarity(other, one)
    assert _similarity(one, one) == 1.0
