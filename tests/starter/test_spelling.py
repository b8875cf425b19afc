"""The repair of spelling: what it mends, what it leaves alone, and that it is what it says."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.starter.spelling_graph import Spelling
from moderation.starter.spelling_lexicon import digests
from moderation.starter.text_graph import TextGraph
from schemas.card import Card
from tests.starter import calls, spelling_reference
from tests.starter.hard_strings import HARD
from tests.starter.spelling_reference import Lexicon
from workshop.starter import meme_sentences, spelling

Repair = Callable[[list[str]], tuple[list[list[str]], list[list[str]]]]


@pytest.fixture(scope="module")
def repair(bundle: Path) -> Repair:
    """Of each text its words, and its words repaired, by the graph."""
    text = TextGraph(bundle / "assets")
    repaired = Spelling(text.vocabulary, bundle / "assets")

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)], autograph=False)
    def run(texts: Any) -> Any:
        words = text.all_words(texts)
        return words, repaired.repair(words)

    def call(texts: list[str]) -> tuple[list[list[str]], list[list[str]]]:
        given = tf.constant([text.encode("utf-8", "ignore") for text in texts], tf.string)
        words, found = ([[w.decode() for w in row] for row in r.to_list()] for r in run(given))
        return words, found

    return call


class _Listed(Container[object]):
    """The words whose digests these are."""

    def __init__(self, listed: frozenset[bytes]) -> None:
        self._listed = listed
        self._told: dict[object, bool] = {}

    def __contains__(self, word: object) -> bool:
        if word not in self._told:
            (digest,) = digests(tf.constant([word])).numpy()
            self._told[word] = digest in self._listed
        return self._told[word]


@pytest.fixture(scope="module")
def lexicon(bundle: Path, vocabulary: Mapping[str, int]) -> Lexicon:
    listed = (bundle / "assets" / "words.txt").read_bytes().split()
    return Lexicon(vocabulary, _Listed(frozenset(listed)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ihateallwomen", "i hate all women"),
        ("I h a t e w o m e n", "i hate women"),
        ("i really hate wo men", "i really hate women"),
        ("all womenn lie", "all women lie"),
        ("all wmen lie", "all women lie"),
        ("all woemn lie", "all women lie"),
        ("all w0m3n lie", "all women lie"),
        ("k-i-l-l them. k.i.l.l", "kill them . kill"),
        ("we arebetter than th at", "we are better than that"),
        ("waaaaait for me", "wait for me"),
        ("a g a y bar", "a gay bar"),
    ],
)
def test_blanks_and_letters_that_went_astray_are_put_right(
    repair: Repair, text: str, words: str
) -> None:
    assert " ".join(repair([text])[1][0]) == words


@pytest.mark.parametrize(
    "text",
    [
        "The U S A and the U.S.A. and the B B C",
        "vitamins b c d and plan b",
        "J. R. R. Tolkien and Ms Okonkwo-Szczepaniak met Xi",
        "#ihatewomen #wmen @wmen",
        "covid19 mp3 b2b 4x4 2day 10km",
        "I don't, she'll, r&b, y'all",
        "je ne regrette rien de tout cela, vraiment",
        "hoy nadie sabe nada de lo que pasa en la escuela",
        "he got an A in maths and a C in art",
    ],
)
def test_names_initials_tags_numbers_and_known_words_stay(repair: Repair, text: str) -> None:
    (words,), (found,) = repair([text])
    assert found == words


def test_noisy_sentences_and_hard_strings_are_repaired_as_in_plain_python(
    repair: Repair, lexicon: Lexicon
) -> None:
    random = Random(5)
    check = meme_sentences.checked()[1].texts[::8]
    ways = (spelling.blanks_and_letters, spelling.disturb)
    texts = [*HARD, *(way(text, random) for text in check for way in ways)]
    words, found = repair(texts)
    changed = 0
    for text, row, told in zip(texts, words, found, strict=True):
        assert told == spelling_reference.repair(row, lexicon), text[:80]
        changed += told != row
    assert changed > len(texts) // 3


_WORDS = st.sampled_from(
    ["women", "wo", "men", "hate", "i", "a", "the", "at", "xq", "wmen", "womxen", "thewomen", "#",
     "'", ".", "-", "*", "w", "o", "m", "e", "n", "4ll", "n00b", "s", "😂", "é", "user", "aaah"]
)  # fmt: skip
_TEXTS = st.lists(st.one_of(_WORDS, st.text("abehilmnostw01-. ", max_size=12)), max_size=20).map(
    " ".join
)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(_TEXTS, max_size=12))
def test_any_batch_of_texts_is_repaired_as_in_plain_python(
    repair: Repair, lexicon: Lexicon, texts: list[str]
) -> None:
    words, found = repair(texts)
    assert found == [spelling_reference.repair(row, lexicon) for row in words]


def test_hate_is_judged_by_the_repaired_words_and_pairs_are_not(loaded: Any, card: Card) -> None:
    size = calls.side(card)
    plain, astray = "all women are vermin", "allwomen are verm in"
    hateful = calls.hateful(loaded, [plain, astray], size=size)
    np.testing.assert_allclose(hateful[0], hateful[1], atol=1e-4)

    pairs = calls.entailment(loaded, [plain, astray], ["women are kind"] * 2, size=size)
    assert np.abs(pairs[0] - pairs[1]).max() > 1e-3
