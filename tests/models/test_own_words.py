"""Whose words a bare model knows, and what is done where they are not those it is fed by."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moderation.models.bundle import open_bundle
from moderation.models.cut_texts import cut_texts
from moderation.models.json_tokens import make_json_packer
from moderation.models.own_words import word_rows
from moderation.models.types import BareOptions
from schemas.card import TokenSpec
from schemas.records import Kind
from tests.models import foreign
from tests.models.bundles import refusal

MEME = BareOptions(kind=Kind.MEME)
WORDS = ("<s>", "<pad>", "</s>", "<unk>", "so", "bad", "good", "day")


def tokenizer_json(words: tuple[str, ...] = WORDS) -> bytes:
    """RoBERTa's marks about words that are split at blanks."""
    tokenizers: Any = pytest.importorskip("tokenizers")
    vocabulary = {word: at for at, word in enumerate(words)}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="<unk>"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.add_special_tokens(["<s>", "<pad>", "</s>"])
    made.post_processor = tokenizers.processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return bytes(made.to_str().encode())


def bare(path: Path, rows: int = 30522, **beside: bytes) -> str:
    files = {name.replace("__", "."): content for name, content in beside.items()}
    return foreign.export_hugging_face(path / "model", rows=rows, beside=files)


@pytest.mark.parametrize(
    ("rows", "beside", "told"),
    [
        (50265, {}, "its table of words has 50,265 rows; uncased BERT's vocabulary has 30,522"),
        (28996, {}, "its table of words has 28,996 rows, for 30,522 ids"),
        (30522, {"vocab__json": b"{}"}, "vocab.json lies beside it"),
        (30522, {"vocab__txt": b"[PAD]\n[UNK]\n"}, "vocab.txt lies beside it, with other words"),
        (
            30522,
            {"config__json": json.dumps({"model_type": "roberta", "vocab_size": 50265}).encode()},
            "its config.json calls it roberta, with 50,265 words",
        ),
    ],
)
def test_other_words_than_berts_are_refused_until_a_tokenizer_is_named(
    tmp_path: Path, rows: int, beside: dict[str, bytes], told: str
) -> None:
    path = bare(tmp_path, rows, **beside)
    text = refusal(path, MEME)
    assert told in text
    assert "--tokenizer FILE" in text
    named = BareOptions(kind=Kind.MEME, tokenizer="hugging_face")
    if rows < 30522:
        assert "rows, for 30,522 ids" in refusal(path, named), "ids beyond its table"
    else:
        open_bundle(path, bare=named)


def test_a_table_that_was_filled_up_is_berts_all_the_same(tmp_path: Path) -> None:
    open_bundle(bare(tmp_path, 30592), bare=MEME)


def test_tables_of_words_are_told_from_others() -> None:
    assert word_rows({"bert/position_embeddings": (512, 8), "dense/kernel": (3000, 8)}) is None
    assert (
        word_rows({"embedding/embeddings": (30522, 4), "embedding_1/embeddings": (2, 4)}) == 30522
    )
    assert word_rows({"x/word_embeddings/weight": (900, 4), "embeddings/big": (5000, 4)}) == 900


def test_a_tokenizer_json_beside_the_model_is_used(tmp_path: Path) -> None:
    path = bare(tmp_path, len(WORDS), tokenizer__json=tokenizer_json())
    bundle = open_bundle(path, bare=MEME)
    spec = bundle.card.tasks[0].inputs[0].tokens
    assert spec is not None
    assert (spec.tokenizer, spec.vocab) == ("tokenizer_json", "tokenizer.json")
    assert not bundle.attachments, "it lies there, and counts for the fingerprint as it is"
    assert "tokenizer.json" in bundle.card.text_preprocessing


def test_a_tokenizer_json_that_is_named_travels_with_the_bundle(tmp_path: Path) -> None:
    path, file = bare(tmp_path, len(WORDS)), tmp_path / "their.json"
    file.write_bytes(tokenizer_json())
    bundle = open_bundle(path, bare=BareOptions(kind=Kind.MEME, tokenizer=str(file)))
    assert {*bundle.attachments} == {"tokenizer.json"}
    assert bundle.content("tokenizer.json") == file.read_bytes()
    nowhere = BareOptions(kind=Kind.MEME, tokenizer="roberta")
    assert "a family is one of bert, keras_hub, hugging_face" in refusal(path, nowhere)
    file.write_bytes(b"{}")
    broken = BareOptions(kind=Kind.MEME, tokenizer=str(file))
    assert "tokenizer.json cannot be read" in refusal(path, broken)


@pytest.mark.parametrize(
    ("packing", "rows", "ids", "segments"),
    [
        ("together", [["so bad"]], [[0, 4, 5, 2, 1, 1, 1, 1]], 0),
        ("together", [["so bad"], ["good </s>"]], [[0, 4, 5, 2, 2, 6, 3, 2]], 0),
        ("apart", [["so bad day"], ["day"]], [[0, 4, 5, 2, 0, 7, 2, 1]], 0),
    ],
)
def test_texts_become_what_the_library_says(
    packing: Any, rows: list[list[str]], ids: list[list[int]], segments: int
) -> None:
    import tensorflow as tf

    spec = TokenSpec(
        sequence_length=8,
        part="ids",
        tokenizer="tokenizer_json",
        vocab="tokenizer.json",
        packing=packing,
    )
    packed = make_json_packer(tokenizer_json(), spec=spec)([tf.constant(row) for row in rows])
    found = packed["ids"].numpy()
    assert found[:, : len(ids[0])].tolist() == ids
    assert packed["mask"].numpy().tolist() == (np.array(ids) != 1).astype(int).tolist()
    assert packed["segments"].numpy().sum() == segments


def test_tokens_that_are_too_few_are_told_with_the_share_of_texts(tmp_path: Path) -> None:
    path = foreign.export_hugging_face(tmp_path / "model", rows=30522, length=5)
    bundle = open_bundle(path, bare=MEME)
    texts = [
        (Kind.MEME, {"text": text}) for text in ("Two words", "and here are four", "is.", "a b c d")
    ]

    def lines(asked: list[Any]) -> list[str]:
        return list(
            cut_texts(bundle.card, asked, vocabulary=bundle.vocabulary, content=bundle.content)
        )

    (line,) = lines(texts)
    assert "has 5 tokens, room for 3 pieces of words: 50 % of the first 4 records" in line
    assert lines(texts[::2]) == []
    assert lines([]) == []
