"""Tokens by a Hugging Face ``tokenizer.json``, through the library that made it.

What the library takes for a special token within a text (``</s>``) is here what it looks like: no
post writes marks of its own. Marks between and around the fields are the file's own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from moderation.models.types import ModelError
from schemas.card import TokenSpec

TOKENIZER_FILE = "tokenizer.json"
EXTRA = "tokenizers"
"""Of this project, which installs the library."""
_PADS = ("[PAD]", "<pad>", "<|endoftext|>", "</s>")


@lru_cache(maxsize=8)
def make_json_packer(content: bytes, *, spec: TokenSpec) -> Callable[[list[Any]], dict[str, Any]]:
    """As ``tokens.make_packer``, for a ``tokenizer.json``.

    Raises:
        ModelError: the library is not installed, or the file is none that it reads.
    """
    tokenizer = read_tokenizer(content)
    padding = tokenizer.padding or {}
    pad = next((each for each in _PADS if tokenizer.token_to_id(each) is not None), None)
    pad = padding.get("pad_token", pad)
    pad_id = padding.get("pad_id", tokenizer.token_to_id(pad) if pad is not None else 0)

    def pack(encoded: list[Any], length: int) -> dict[str, Any]:
        packed = {
            name: np.full((len(encoded), length), fill, dtype=np.int32)
            for name, fill in (("ids", pad_id), ("mask", 0), ("segments", 0))
        }
        for row, each in enumerate(encoded):
            size = len(each.ids)
            packed["ids"][row, :size] = each.ids
            packed["mask"][row, :size] = 1
            packed["segments"][row, :size] = each.type_ids
        return packed

    def encode(texts: list[Any], length: int) -> dict[str, Any]:
        tokenizer.enable_truncation(length, strategy="longest_first")
        return pack(tokenizer.encode_batch(texts), length)

    def tokenize_and_pack(texts: list[Any]) -> dict[str, Any]:
        import tensorflow as tf

        columns = [[each.decode("utf-8", "replace") for each in text.numpy()] for text in texts]
        if spec.packing == "together":
            rows = columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))
            packed = encode(rows, spec.sequence_length)
        else:
            share = spec.sequence_length // len(columns)
            parts = [encode(column, share) for column in columns]
            packed = {
                name: np.concatenate([part[name] for part in parts], axis=1) for name in parts[0]
            }
        return {name: tf.constant(values) for name, values in packed.items()}

    return tokenize_and_pack


def read_tokenizer(content: bytes) -> Any:
    """The library's own tokenizer, which neither pads nor looks for marks within texts.

    Raises:
        ModelError: the library is not installed, or the file is none that it reads.
    """
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise ModelError(
            f"{TOKENIZER_FILE} needs the library tokenizers, which is not installed: "
            f"pip install 'moderation-pipeline[{EXTRA}]'"
        ) from error
    try:
        tokenizer = Tokenizer.from_buffer(content)
    except Exception as error:  # the library raises Exception itself
        raise ModelError(f"{TOKENIZER_FILE} cannot be read: {error}") from error
    tokenizer.encode_special_tokens = True
    return tokenizer
