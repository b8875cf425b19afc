"""Subword vectors: the graph says what gensim says, of words it met and of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from gensim.models.fasttext import FastTextKeyedVectors
from gensim.models.fasttext_inner import ft_hash_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.training.encoders import subwords
from moderation.training.encoders.types import VECTOR
from moderation.training.errors import TrainingError
from tests.training import tiny

CORPUS = [*tiny.TEXTS, "Straße, naïve café", "Ärger über äpfel", "кот и собака", "漢字 かな"] * 3
words_of_any_script = st.text(st.characters(categories=("Ll", "Lo", "Nd")), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def learnt() -> subwords.SubwordVectors:
    return subwords.learn(CORPUS, dim=12, seed=1)


@pytest.fixture(scope="module")
def packer(learnt: subwords.SubwordVectors) -> subwords.Packer:
    return subwords.Packer(learnt)


@pytest.fixture(scope="module")
def library(learnt: subwords.SubwordVectors) -> Any:
    """gensim's own look-up over the tables that were learnt."""
    found = FastTextKeyedVectors(
        vector_size=12, min_n=subwords.MIN_N, max_n=subwords.MAX_N, bucket=subwords.BUCKETS
    )
    found.vectors_ngrams = learnt.ngrams
    found.index_to_key = list(learnt.words)
    found.key_to_index = {word: place for place, word in enumerate(learnt.words)}
    found.vectors = learnt.vectors
    return found


@settings(max_examples=60)
@given(st.lists(words_of_any_script, min_size=1, max_size=8))
def test_hashes_are_fasttexts(ngrams: list[str]) -> None:
    cut = [ngram[: subwords.MAX_N] for ngram in ngrams]

    found = subwords.hash_ngrams(tf.constant(cut)).numpy()

    assert found.tolist() == [ft_hash_bytes(ngram.encode()) for ngram in cut]


@settings(max_examples=60)
@given(st.lists(words_of_any_script, min_size=1, max_size=8))
def test_words_never_met_have_the_librarys_vectors(
    packer: subwords.Packer, library: Any, words: list[str]
) -> None:
    found = packer.vectors(tf.constant(words)).numpy()

    np.testing.assert_allclose(found, [library.get_vector(word) for word in words], atol=1e-5)


def test_words_met_in_training_have_the_librarys_vectors(
    packer: subwords.Packer, library: Any, learnt: subwords.SubwordVectors
) -> None:
    assert {"cat", "straße", "собака", "漢字"} <= set(learnt.words)
    found = packer.vectors(tf.constant(learnt.words)).numpy()

    np.testing.assert_allclose(found, [library[word] for word in learnt.words], atol=1e-6)


def test_a_texts_vector_is_the_librarys_of_its_sentence(
    packer: subwords.Packer, library: Any
) -> None:
    texts = ["The cat, the DOG & an unheard-of Straße!", "кот"]
    sentences = [["the", "cat", "the", "dog", "an", "unheard", "of", "straße"], ["кот"]]

    found = packer.mean(subwords.split_words(tf.constant(texts))).numpy()

    wanted = [library.get_sentence_vector(sentence) for sentence in sentences]
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_training_texts_vectors_are_centred_and_of_one_spread(packer: subwords.Packer) -> None:
    found = packer.sentence(tf.constant(CORPUS)).numpy()

    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(found.std(axis=0), 1, atol=1e-3)


def test_a_text_without_words_is_zeros(packer: subwords.Packer) -> None:
    found = packer.sentence(tf.constant(["", " … !", "\u200d"])).numpy()

    np.testing.assert_array_equal(found, np.zeros((3, 12)))


def test_words_that_share_pieces_lie_closer(packer: subwords.Packer) -> None:
    near, word, far = tf.math.l2_normalize(
        packer.vectors(tf.constant(["housing", "houses", "qwrtz"])), axis=1
    ).numpy()

    assert word @ near > word @ far


def test_equal_seeds_learn_equal_vectors(learnt: subwords.SubwordVectors) -> None:
    again, other = (subwords.learn(CORPUS, dim=12, seed=seed) for seed in (1, 2))

    np.testing.assert_array_equal(again.vectors, learnt.vectors)
    np.testing.assert_array_equal(again.ngrams, learnt.ngrams)
    assert not np.array_equal(other.vectors, learnt.vectors)


def test_the_tables_and_the_hashing_lie_in_the_saved_model(
    packer: subwords.Packer, tmp_path: Path
) -> None:
    served = tf.Module()
    served.packer = packer
    spec = tf.TensorSpec([None], tf.string)
    score = tf.function(lambda text: packer(text)).get_concrete_function(spec)
    tf.saved_model.save(served, str(tmp_path), signatures=score)
    texts = tf.constant(["the cat", "an unmet wörd", ""])

    found = tf.saved_model.load(str(tmp_path)).signatures["serving_default"](texts)

    np.testing.assert_allclose(found["text_vector"], packer.sentence(texts), atol=1e-6)


def test_a_pair_is_told_by_both_vectors_and_how_they_differ(
    learnt: subwords.SubwordVectors,
) -> None:
    made = subwords.from_vectors(learnt, segments=2)
    first, second = tf.constant(["the cat"]), tf.constant(["no dog"])

    found = made.model(made.packer(first, second))[VECTOR].numpy()[0]

    u, v = (made.packer.sentence(text).numpy()[0] for text in (first, second))
    np.testing.assert_allclose(found, np.concatenate([u, v, abs(u - v), u * v]), atol=1e-6)


@pytest.mark.parametrize("texts", [[], ["", " … "]])
def test_nothing_to_learn_from_is_told(texts: list[str]) -> None:
    with pytest.raises(TrainingError, match="no training texts with a word in them"):
        subwords.learn(texts, dim=4, seed=1)


def test_one_word_once_is_enough_to_learn() -> None:
    assert subwords.learn(["hello"], dim=4, seed=1).words == ("hello",)
