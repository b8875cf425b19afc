"""WordPiece vocabularies: the one that ships, a bundle's own, or the person's."""

from __future__ import annotations

import gzip
from importlib.resources import files

from moderation.models.types import ModelError

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def shipped_vocabulary() -> tuple[str, ...]:
    """The vocabulary of uncased BERT, 30,522 tokens; see ``vocab/NOTICE``."""
    packed = (files("moderation.models") / "vocab" / "uncased.txt.gz").read_bytes()
    return parse_vocabulary(gzip.decompress(packed), name="the shipped vocabulary")


def parse_vocabulary(content: bytes, *, name: str) -> tuple[str, ...]:
    """Tokens of a ``vocab.txt``, one a line; the line's number is the token's id.

    Raises:
        ModelError: it is not UTF-8, lacks a special token, or says a token twice.
    """
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise ModelError(f"{name}: is not UTF-8 text: {error}") from error
    tokens = tuple(line.rstrip("\r") for line in (lines[:-1] if lines[-1] == "" else lines))
    missing = [token for token in SPECIAL_TOKENS if token not in tokens]
    if missing:
        raise ModelError(
            f"{name}: {len(tokens)} lines, but no {', '.join(missing)}; a WordPiece vocabulary "
            "has one token a line, these among them"
        )
    if len(set(tokens)) != len(tokens):
        raise ModelError(f"{name}: {len(tokens) - len(set(tokens))} tokens are there twice")
    return tokens
