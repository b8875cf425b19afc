"""The text graph equals plain Python, and both equal the tokenizer of the encoder."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.starter import tables
from moderation.starter.text_graph import TextGraph
from moderation.starter.text_rules import MAX_TOKENS
from tests.starter import text_reference
from tests.starter.hard_strings import HARD
from workshop.starter import text_tables

Tables = Mapping[str, Any]


@pytest.fixture(scope="module")
def graph(bundle: Path) -> Callable[[list[str]], tuple[list[list[str]], list[list[int]]]]:
    text = TextGraph(bundle / "assets")

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def run(texts: Any) -> Any:
        words = text.words(texts)
        return words, text.ids(words)

    def call(texts: list[str]) -> tuple[list[list[str]], list[list[int]]]:
        words, ids = run(tf.constant([t.encode("utf-8", "ignore") for t in texts], tf.string))
        return [[w.decode() for w in row] for row in words.to_list()], ids.to_list()

    return call


def _same_everywhere(char: str) -> bool:
    """Characters whose meaning no Unicode version of the last twenty years has changed."""
    return unicodedata.ucd_3_2_0.category(char) == unicodedata.category(char) != "Cn"


_CHARS = st.characters(max_codepoint=0x2FFFF, exclude_categories=("Cs",)).filter(_same_everywhere)
_PIECES = st.sampled_from(
    ["@", "#", "&", "&amp;", "&#", "x", ";", "http://", "www.", " RT ", "!!", "..", "😂", "🇬", "🇧",
     "\u200d", "\ufe0f", "\u0301", "Σ", "İ", "ﬁ", "½", "漢", "한", "user", "##", "\n"]
)  # fmt: skip
_TEXTS = st.lists(st.one_of(_PIECES, st.text(_CHARS, max_size=6)), max_size=25).map("".join)


def test_every_hard_string_gives_the_words_and_ids_of_the_plain_python_reference(
    graph: Any, fold: Tables, entities: Tables, vocabulary: Tables
) -> None:
    words, ids = graph(list(HARD))
    for text, found, numbers in zip(HARD, words, ids, strict=True):
        expected = text_reference.words(text, fold=fold, entities=entities)
        assert found == expected, text[:80]
        assert numbers == text_reference.wordpiece(expected, vocabulary), text[:80]


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(_TEXTS, min_size=1, max_size=30))
def test_any_batch_of_texts_gives_the_ids_of_the_plain_python_reference(
    graph: Any, fold: Tables, entities: Tables, vocabulary: Tables, texts: list[str]
) -> None:
    expected = [
        text_reference.wordpiece(
            text_reference.words(text, fold=fold, entities=entities), vocabulary
        )
        for text in texts
    ]
    assert graph(texts)[1] == expected


def test_ids_are_those_of_the_encoders_own_tokenizer(
    graph: Any, bundle: Path, fold: Tables, entities: Tables
) -> None:
    tokenizers = pytest.importorskip("tokenizers")
    own = tokenizers.BertWordPieceTokenizer(str(bundle / "assets" / "vocab.txt"), lowercase=True)
    words, ids = graph(list(HARD))
    for text, found, numbers in zip(HARD, words, ids, strict=True):
        if text.startswith("[CLS]"):
            continue  # typed specials are text here, and markers there
        expected = own.encode(" ".join(found)).ids
        if len(expected) > MAX_TOKENS:
            expected = [*expected[: MAX_TOKENS - 1], expected[-1]]
        assert numbers == expected, text[:80]


def test_folding_is_the_encoders_own_where_no_rule_of_ours_comes_before(
    graph: Any, bundle: Path
) -> None:
    tokenizers = pytest.importorskip("tokenizers")
    own = tokenizers.BertWordPieceTokenizer(str(bundle / "assets" / "vocab.txt"), lowercase=True)
    texts = [
        "Ünïcödé Ñandú Å Å ﬁ ﬀ ½ № … ª º ²",
        "İstanbul ΟΔΟΣ ΣΟΦΟΣ",
        "안녕하세요 漢字かな ｶﾀｶﾅ",
        "zero\u200bwidth soft\u00adhyphen thin\u2009space",
        "e\u0301 q\u0307\u0323",
        "don’t “quote”",
    ]
    for text, ids in zip(texts, graph(texts)[1], strict=True):
        assert ids == own.encode(text).ids, text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("AT&amp;T &#128514;", "at & t face with tears of joy"),
        ("RT @someone: look https://t.co/x!", "user : look"),
        ("wow!!!!! so.... good", "wow ! so . good"),
        ("a\u200bb\x07c", "abc"),
        ("🇬🇧", "gb"),
        ("👍🏿", "thumbs up dark skin tone"),
    ],
)
def test_the_rules_do_what_the_card_says(graph: Any, text: str, words: str) -> None:
    assert " ".join(graph([text])[0][0]) == words


def test_no_text_is_read_further_than_the_cap_on_bytes(graph: Any) -> None:
    base = "x " * 2048
    assert graph([base])[1] == graph([base + "something else entirely"])[1]


def test_tables_survive_writing_and_reading(tmp_path: Path) -> None:
    table = {"é": "e", "\u2028": " ", "\u0301": "", "🔥": " fire "}
    text_tables.write_table(tmp_path / "t.tsv", table)
    assert tables.read_table(tmp_path / "t.tsv") == table
