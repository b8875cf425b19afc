"""Subword vectors in the manner of fastText (Bojanowski et al. 2017), learnt without labels.

gensim learns them from the training texts. The word table, the n-gram table and fastText's hash go
into the graph: the SavedModel takes raw text and says what gensim would. As in fastText, a text's
vector is the mean of its words' vectors, each at length 1. Vectors of a small corpus all point much
the same way; so each dimension is centred and scaled over the training texts. A pair is
``[u, v, |u - v|, u * v]``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from moderation.training.encoders.types import VECTOR, TextEncoder, TokenInput
from moderation.training.errors import TrainingError
from schemas.recipe import TextEncoderSpec

MIN_N, MAX_N = 3, 6
BUCKETS = 20_000
MAX_WORDS = 128
_EPOCHS = 10
_STANDARDISED = 100_000
_TINY = 1e-6
_MIN_COUNT = 2
_UTF8_BYTES = 4
_MAX_WORD_CHARS = 40
_FNV_START, _FNV_PRIME, _32_BITS = 2_166_136_261, 16_777_619, 0xFFFFFFFF
_NOT_A_WORD = r"[^\p{L}\p{N}#@_']+"
_VECTOR_INPUT = "text_vector"


@dataclass(frozen=True)
class SubwordVectors:
    """What was learnt."""

    words: tuple[str, ...]
    vectors: Any
    """float32 ``[words, dim]``: of words met in training, their n-grams included."""
    ngrams: Any
    """float32 ``[buckets, dim]``: of n-grams by their hash."""
    centre: Any = 0.0
    """float32 ``[dim]``: mean of the training texts' vectors."""
    spread: Any = 1.0
    """float32 ``[dim]``: their standard deviation."""


def learn(texts: Iterable[str], *, dim: int, seed: int) -> SubwordVectors:
    """Learns vectors by skip-gram over words and their 3- to 6-grams.

    Raises:
        TrainingError: there are no texts to learn from.
    """
    from gensim.models.fasttext import FastText

    sentences = [words for words in _split(list(texts)) if words]
    counted = len({word for sentence in sentences for word in sentence})
    if not counted:
        raise TrainingError("subwords: there are no training texts with a word in them")
    model = FastText(
        vector_size=dim, window=5, min_count=_MIN_COUNT, sg=1, epochs=_EPOCHS, seed=seed, workers=1,
        bucket=BUCKETS, min_n=MIN_N, max_n=MAX_N,
    )  # fmt: skip
    model.build_vocab(corpus_iterable=sentences)
    if not len(model.wv):
        model = FastText(
            vector_size=dim, window=5, min_count=1, sg=1, epochs=_EPOCHS, seed=seed, workers=1,
            bucket=BUCKETS, min_n=MIN_N, max_n=MAX_N,
        )  # fmt: skip
        model.build_vocab(corpus_iterable=sentences)
    model.train(corpus_iterable=sentences, total_examples=len(sentences), epochs=_EPOCHS)
    plain = SubwordVectors(
        tuple(model.wv.index_to_key),
        np.asarray(model.wv.vectors, np.float32),
        np.asarray(model.wv.vectors_ngrams, np.float32),
    )
    return _standardised(plain, [" ".join(words) for words in sentences[:_STANDARDISED]])


def _standardised(vectors: SubwordVectors, texts: list[str]) -> SubwordVectors:
    packer = Packer(vectors)
    found = np.concatenate(
        [
            packer.sentence(tf.constant(texts[start : start + 4_096])).numpy()
            for start in range(0, len(texts), 4_096)
        ]
    )
    spread = found.std(axis=0)
    alike = spread < _TINY  # of equal texts, or of none with a word
    return replace(
        vectors, centre=found.mean(axis=0), spread=np.where(alike, 1.0, spread).astype(np.float32)
    )


def _split(texts: list[str]) -> list[list[str]]:
    parts = (texts[start : start + 4_096] for start in range(0, len(texts), 4_096))
    return [
        [word.decode() for word in words]
        for part in parts
        for words in split_words(tf.constant(part)).to_list()
    ]


def split_words(texts: Any) -> Any:
    """string ``[n]`` → ragged string ``[n, (words)]``: lower case, what is no word is a blank."""
    lower = tf.strings.lower(tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8"), "utf-8")
    words = tf.strings.split(tf.strings.regex_replace(lower, _NOT_A_WORD, " "))[:, :MAX_WORDS]
    cut = tf.strings.substr(words.flat_values, 0, _MAX_WORD_CHARS, unit="UTF8_CHAR")
    return words.with_flat_values(cut)


class Packer(tf.Module):
    """Raw texts to sentence vectors, by tables in the graph."""

    def __init__(self, vectors: SubwordVectors) -> None:
        super().__init__()
        self._words = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(
                tf.constant(vectors.words), tf.range(len(vectors.words), dtype=tf.int64)
            ),
            default_value=-1,
        )
        self._vectors = tf.Variable(vectors.vectors, trainable=False)
        self._ngrams = tf.Variable(vectors.ngrams, trainable=False)
        self._centre = tf.constant(vectors.centre, tf.float32)
        self._spread = tf.constant(vectors.spread, tf.float32)

    def __call__(self, *texts: Any) -> dict[str, Any]:
        """Strings, each ``[batch]`` → ``text_vector`` float32 ``[batch, dim or 4 × dim]``."""
        first = self.sentence(texts[0])
        if len(texts) == 1:
            return {_VECTOR_INPUT: first}
        second = self.sentence(texts[1])
        parts = [first, second, tf.abs(first - second), first * second]
        return {_VECTOR_INPUT: tf.concat(parts, axis=1)}

    def sentence(self, texts: Any) -> Any:
        """string ``[n]`` → float32 ``[n, dim]``; zeros where there is no word."""
        words = split_words(texts)
        standard = (self.mean(words) - self._centre) / self._spread
        return tf.where((words.row_lengths() > 0)[:, None], standard, tf.zeros_like(standard))

    def mean(self, words: Any) -> Any:
        """ragged string ``[n, (words)]`` → float32 ``[n, dim]``: before it is centred."""
        distinct, where = tf.unique(words.flat_values)
        vectors = tf.gather(tf.math.l2_normalize(self.vectors(distinct), axis=1), where)
        rows = words.value_rowids()
        total = tf.math.unsorted_segment_sum(vectors, rows, words.nrows())
        counts = tf.cast(words.row_lengths(), tf.float32)[:, None]
        return tf.math.divide_no_nan(total, counts)

    def vectors(self, words: Any) -> Any:
        """string ``[m]`` → float32 ``[m, dim]``: as met in training, else by n-grams."""
        index = self._words.lookup(words)
        known = tf.gather(self._vectors, tf.maximum(index, 0))
        unknown = tf.where(index < 0)[:, 0]
        found = self._by_ngrams(tf.gather(words, unknown))
        return tf.tensor_scatter_nd_update(known, unknown[:, None], found)

    def _by_ngrams(self, words: Any) -> Any:
        marked = tf.strings.join(["<", words, ">"])
        chars = tf.strings.unicode_split(marked, "UTF-8")
        parts = [tf.strings.ngrams(chars, size, separator="") for size in range(MIN_N, MAX_N + 1)]
        ngrams = tf.concat(parts, axis=1)
        hashes = hash_ngrams(ngrams.flat_values) % BUCKETS
        rows = ngrams.value_rowids()
        total = tf.math.unsorted_segment_sum(
            tf.gather(self._ngrams, hashes), rows, tf.shape(words, tf.int64)[0]
        )
        return tf.math.divide_no_nan(total, tf.cast(ngrams.row_lengths(), tf.float32)[:, None])


def hash_ngrams(ngrams: Any) -> Any:
    """string ``[k]`` → int64 ``[k]``: fastText's FNV-1a over bytes taken as signed."""
    longest = MAX_N * _UTF8_BYTES
    data = tf.cast(tf.io.decode_raw(ngrams, tf.int8, fixed_length=longest), tf.int64)
    lengths = tf.strings.length(ngrams)
    hashes = tf.fill(tf.shape(ngrams), tf.constant(_FNV_START, tf.int64))
    for place in range(longest):
        signed = tf.bitwise.bitwise_and(data[:, place], _32_BITS)
        mixed = tf.bitwise.bitwise_xor(hashes, signed) * _FNV_PRIME
        mixed = tf.bitwise.bitwise_and(mixed, _32_BITS)
        hashes = tf.where(place < lengths, mixed, hashes)
    return hashes


def make(spec: TextEncoderSpec, *, texts: Iterable[str], segments: int, seed: int) -> TextEncoder:
    """Learns the vectors from the texts."""
    return from_vectors(learn(texts, dim=spec.dim, seed=seed), segments=segments)


def from_vectors(vectors: SubwordVectors, *, segments: int) -> TextEncoder:
    """The encoder of vectors that were learnt."""
    dim = vectors.vectors.shape[1] * (1 if segments == 1 else 4)
    token = keras.Input((dim,), dtype="float32", name=_VECTOR_INPUT)
    vector = keras.layers.Identity(name="sentence_vector")(token)
    return TextEncoder(
        packer=Packer(vectors),
        inputs={_VECTOR_INPUT: TokenInput((dim,), "float32")},
        model=keras.Model({_VECTOR_INPUT: token}, {VECTOR: vector}, name="encode_text"),
        weights=(),
        preprocessing=(
            f"Lower case, words of letters, digits, # and @, {MAX_WORDS} at most; subword vectors "
            f"({MIN_N}- to {MAX_N}-grams in {BUCKETS:,} buckets) inside the SavedModel"
        ),
        needs_tensorflow_text=False,
    )
