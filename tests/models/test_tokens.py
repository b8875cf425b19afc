"""Our tokens are those that the encoders were trained with, over strings that are hard."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.models.bind_inputs import InputBinder
from moderation.models.bind_roles import Bound
from moderation.models.conventions import ROLES
from moderation.models.graph import GraphFacts
from moderation.models.savedmodel import TensorSpec
from moderation.models.tokens import make_packer
from moderation.models.types import BareOptions
from schemas.card import TokenSpec
from schemas.records import Kind
from tests.models.bert_reference import VOCABULARY, reference

HARD = [
    "",
    "   ",
    "\t\n\r\x0b\x0c",
    "Plain words, and punctuation: (yes) [no] {maybe}!",
    "… ½ № ﬁ ﬂ Ⅷ ㎏ ™ ℃",
    "café naïve ÅNGSTRÖM ß ẞ İstanbul ı Ǆ",
    "e\u0301\u0302\u0303 t̷̢̛ a\u0345 ᾳ",
    "\u200bzero\u200bwidth\u200djoined\ufeff soft\u00adhyphen \u2060word",
    "a\x00b\x01c\x7fd\x85e",
    "\u00a0nbsp\u3000ideographic\u2028line\u2029paragraph",
    "漢字かなカナ 한국어 中文字符 𠀀𪜀 豈",
    "👍🏽 👩‍👩‍👧 🇩🇪 #️⃣ ☺️",
    "#hashtag @user_name https://t.co/AbC123?x=1&y=2 a.b@c.de",
    "x" * 99 + " " + "x" * 100 + " " + "x" * 101,
    "é" * 49 + " " + "é" * 50 + " " + "é" * 51,
    "don't can't rock'n'roll it’s “quoted” ‘single’ — – ‐ ‑",
    "[CLS] [SEP] [PAD] [MASK] [UNK] [unused1] ##ing",
    "A&amp;B &lt;3 1,234.56 $5 €10 ₹ ¥ 50% ~^`|<>=+",
    "मानक हिन्दी العربية ไทย Ωμέγα ΣΊΣΥΦΟΣ שלום",
    "𝓗𝓮𝓵𝓵𝓸 ｆｕｌｌｗｉｄｔｈ ﷺ",
    "\ue000private \U000e0001tag \ufffd",
    "word " * 300,
]


@lru_cache
def ours(tokenizer: str, length: int, packing: str, fields: int, lower_case: bool = True) -> Any:
    spec = TokenSpec(
        sequence_length=length,
        part="ids",
        tokenizer=tokenizer,  # type: ignore[arg-type]
        packing=packing,  # type: ignore[arg-type]
        lower_case=lower_case,
    )
    return make_packer(VOCABULARY, spec=spec, fields=fields)


def pack(texts: Sequence[Sequence[str]], pack_: Any) -> dict[str, np.ndarray]:
    import tensorflow as tf

    packed = pack_([tf.constant([each.encode() for each in field]) for field in texts])
    return {part: value.numpy() for part, value in packed.items()}


def expect_equal(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    for part in ("ids", "mask", "segments"):
        np.testing.assert_array_equal(found[part], expected[part], err_msg=part)
        assert found[part].dtype == np.int32


@pytest.mark.parametrize("length", [5, 16, 128])
def test_pairs_equal_tf_hubs_preprocessing(length: int) -> None:
    pairs = [[one for one in HARD for _ in HARD], [two for _ in HARD for two in HARD]]
    expect_equal(pack(pairs, ours("bert", length, "together", 2)), reference(pairs, length))


def test_a_single_text_equals_tf_hubs_preprocessing() -> None:
    expect_equal(pack([HARD], ours("bert", 64, "together", 1)), reference([HARD], 64))


def test_cased_text_keeps_case_and_accents() -> None:
    found = pack([HARD], ours("bert", 64, "together", 1, lower_case=False))
    expect_equal(found, reference([HARD], 64, lower_case=False))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), min_size=1, max_size=8))
def test_any_text_equals_tf_hubs_preprocessing(pairs: list[tuple[str, str]]) -> None:
    fields = [[each[at] for each in pairs] for at in (0, 1)]
    expect_equal(pack(fields, ours("bert", 24, "together", 2)), reference(fields, 24))


@lru_cache
def keras_hub_tokenizer() -> Any:
    import keras_hub

    return keras_hub.models.BertTokenizer(vocabulary=list(VOCABULARY), lowercase=True)


def keras_hub_packed(fields: Sequence[Sequence[str]], length: int) -> dict[str, np.ndarray]:
    """What KerasHub's ``BertTextClassifierPreprocessor`` does with one or two segments."""
    import keras_hub

    tokenizer = keras_hub_tokenizer()
    packer = keras_hub.layers.MultiSegmentPacker(
        sequence_length=length,
        start_value=tokenizer.cls_token_id,
        end_value=tokenizer.sep_token_id,
        pad_value=tokenizer.pad_token_id,
    )
    ids, segments = packer(tuple(tokenizer(list(field)) for field in fields))
    ids = np.asarray(ids).astype(np.int32)
    mask = (ids != tokenizer.pad_token_id).astype(np.int32)
    return {"ids": ids, "mask": mask, "segments": np.asarray(segments).astype(np.int32)}


@pytest.mark.parametrize("length", [16, 128])
def test_pairs_equal_keras_hubs_preprocessing(length: int) -> None:
    pairs = [[one for one in HARD for _ in HARD], [two for _ in HARD for two in HARD]]
    found = pack(pairs, ours("keras_hub", length, "together", 2))
    expect_equal(found, keras_hub_packed(pairs, length))


MARKS = "[CLS] [SEP] [PAD] [MASK] [UNK] [unused1] ##ing"


POSTS = [
    *(text for text in HARD if text != MARKS),
    "x" * 100 + " " + "x" * 101 + " " + "é" * 100,
    "ก" * 50 + " ไทย" + "ก" * 101,
    "ΣΊΣΥΦΟΣ ΟΔΟΣ Σ ΑΣ.",
    "İI ıi ẞß ﬀ Ⅳ Ǆ",
    "\u2b820 \U0002b830a \U0002b930b 漢字!",
    "BREAKING: 12 hurt… “not true”, says @mayor #naïve https://t.co/AbC1 \u200d👨‍👩‍👧 50 %",
    "RT @user: São Paulo – ЖИЗНЬ ёлка ÅÄÖ \u0130stanbul\u2028new\u00a0line",
]
"""Texts whose ids a BERT of Hugging Face must see as it was trained."""


@lru_cache
def hugging_face_tokenizer(lower_case: bool = True, strip_accents: bool | None = None) -> Any:
    import tokenizers

    known = {token: place for place, token in enumerate(VOCABULARY)}
    return tokenizers.BertWordPieceTokenizer(
        known, lowercase=lower_case, strip_accents=strip_accents
    )


@pytest.mark.parametrize("lower_case", [True, False])
def test_hugging_faces_names_get_the_ids_of_its_tokenizers(lower_case: bool) -> None:
    found = pack([POSTS], ours("hugging_face", 512, "together", 1, lower_case))
    ids = [row[kept].tolist() for row, kept in zip(found["ids"], found["mask"] > 0, strict=True)]

    reference = hugging_face_tokenizer(lower_case).encode_batch(POSTS)
    assert ids == [each.ids for each in reference]


_SHARED = st.one_of(
    *(
        st.characters(min_codepoint=first, max_codepoint=last, exclude_categories=["Cn", "Cs"])
        for first, last in [(0, 0x52F), (0x2000, 0x206F), (0x3000, 0x30FF), (0x4E00, 0x9FA0),
                            (0xE000, 0xE010), (0xFF01, 0xFF5E), (0x1F300, 0x1F5FF)]
    )
)  # fmt: skip
"""Characters that have been what they are for long: libraries know Unicode of different years."""


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(_SHARED, max_size=60), min_size=1, max_size=8))
def test_any_text_gets_the_ids_of_hugging_faces_tokenizers(texts: list[str]) -> None:
    plain = [text.replace("[", "(") for text in texts]  # no mark of the library's own
    found = pack([plain], ours("hugging_face", 256, "together", 1))
    ids = [row[kept].tolist() for row, kept in zip(found["ids"], found["mask"] > 0, strict=True)]

    assert ids == [each.ids for each in hugging_face_tokenizer().encode_batch(plain)]


def test_no_post_writes_marks_of_its_own() -> None:
    found = pack([[MARKS]], ours("hugging_face", 64, "together", 1))["ids"][0]
    marks = [VOCABULARY.index(token) for token in ("[CLS]", "[SEP]", "[MASK]", "[UNK]")]

    assert [int((found == mark).sum()) for mark in marks] == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("name", "tokenizer"),
    [("input_ids", "hugging_face"), ("token_type_ids", "hugging_face"),
     ("input_word_ids", "bert"), ("token_ids", "keras_hub")],
)  # fmt: skip
def test_a_models_names_say_which_tokenizer_it_was_trained_with(name: str, tokenizer: str) -> None:
    found = Bound(TensorSpec(name, "int32", (None, 64)), role=ROLES[name])
    options = BareOptions()
    binder = InputBinder.of([found], kind=Kind.MEME, facts=GraphFacts(), options=options)
    bound = binder.bind(found)

    assert bound.tokens is not None
    assert bound.tokens.tokenizer == tokenizer


@pytest.mark.parametrize("tokenizer", ["bert", "keras_hub", "hugging_face"])
def test_a_text_is_read_on_behind_a_nul(tokenizer: str) -> None:
    texts = ["rain\0all day", "rain \0 all day", "\0rain all day\0"]
    found = pack([texts], ours(tokenizer, 16, "together", 1))["ids"]
    blank = pack([[t.replace("\0", " ") for t in texts]], ours(tokenizer, 16, "together", 1))["ids"]

    joined = tokenizer == "hugging_face"  # takes it out, as the library does: "rainall day"
    np.testing.assert_array_equal(found[joined:], blank[joined:])
    assert (found[:, 1:] == VOCABULARY.index("day")).any(axis=1).all()


def test_the_two_tokenizers_differ_where_accents_and_ellipses_are() -> None:
    text = [["café …"]]
    one, other = (pack(text, ours(each, 16, "together", 1)) for each in ("bert", "keras_hub"))
    assert one["ids"].tolist() != other["ids"].tolist()


def test_texts_packed_apart_are_two_sequences_side_by_side() -> None:
    fields = [HARD, HARD[::-1]]
    found = pack(fields, ours("keras_hub", 64, "apart", 2))
    halves = [keras_hub_packed([field], 32) for field in fields]
    expect_equal(
        found, {part: np.concatenate([half[part] for half in halves], axis=1) for part in halves[0]}
    )
