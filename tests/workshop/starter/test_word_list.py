"""The words that the repair of spelling takes for words beside the vocabulary's."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import tensorflow as tf

from moderation.starter import bundle_path
from moderation.starter.spelling_lexicon import digests
from workshop.starter import word_list
from workshop.starter.data import HateSets, Splits, Texts


def _texts(*texts: str) -> Texts:
    return Texts(texts, np.zeros(len(texts), np.int32))


def _digests(*words: str) -> set[bytes]:
    return set(digests(tf.constant(words)).numpy())


def test_words_of_three_texts_that_are_trained_on_and_of_our_own_sentences(tmp_path: Path) -> None:
    for name in ("vocab.txt", "fold.tsv", "entities.tsv"):
        shutil.copy(bundle_path() / "assets" / name, tmp_path)
    train = _texts("Zorbly cats", "zorbly quux", "so zorbly", "quux quux x7zorbly")
    elsewhere = _texts(*["grumblish"] * 3)
    emoji, other = Splits(train, elsewhere, elsewhere), Splits(_texts("cats"), *[elsewhere] * 2)

    word_list.write(tmp_path, HateSets(heads=(emoji, other, other), ordinary=other))

    *found, rest = (tmp_path / word_list.FILE).read_bytes().split(b"\n")
    assert found == sorted(found)
    assert rest == b""
    assert _digests("zorbly", "lesbians") <= set(found)
    assert not _digests("quux", "grumblish", "cats", "women") & set(found)
