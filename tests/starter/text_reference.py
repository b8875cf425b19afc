"""The text preprocessing in plain Python: what the graph must equal, character by character.

Slow and obvious on purpose. ``tests/starter`` holds ``text_graph`` against it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from moderation.starter import text_rules as rules


def clean(text: str, *, fold: Mapping[str, str], entities: Mapping[str, str]) -> str:
    """``text`` as the word splitter sees it, but for case folding of ASCII and punctuation.

    ``fold`` and ``entities`` are the bundle's tables (``tables.read_table``).
    """
    text = text.encode("utf-8", "ignore")[: rules.MAX_BYTES].decode("utf-8", "ignore")
    text = _strip_controls(text)
    text = re.sub(rules.ENTITY, lambda match: _entity(match.group(), entities), text)
    text = _strip_controls(text)
    text = re.sub(" +", " ", "".join(" " if _is_space(char) else char for char in text))
    for pattern, replacement in rules.REWRITES:
        text = re.sub(pattern, replacement, text, flags=re.ASCII)
    text = _space_flags(text)
    text = "".join(fold.get(char, char) for char in text).translate(_ASCII_LOWER)
    for mark in rules.REPEATED:
        text = re.sub(re.escape(mark) + "{2,}", lambda match: match.group()[0], text)
    return text


def words(text: str, *, fold: Mapping[str, str], entities: Mapping[str, str]) -> list[str]:
    """The words of ``text``: lower case, each punctuation mark and ideograph on its own."""
    cleaned = clean(text, fold=fold, entities=entities)
    spaced = "".join(f" {char} " if _stands_alone(char) else char for char in cleaned)
    found = [word for word in re.split("[ \t\n\r]+", spaced) if word]
    return [word[: rules.MAX_WORD_CHARS] for word in found[: rules.MAX_TOKENS - 2]]


def wordpiece(words: list[str], vocabulary: Mapping[str, int]) -> list[int]:
    """Ids of ``[CLS] pieces [SEP]``: greedy longest match, at most ``MAX_TOKENS``."""
    ids = [piece for word in words for piece in _pieces(word, vocabulary)]
    return [
        vocabulary["[CLS]"],
        *ids[: rules.MAX_TOKENS - 2],
        vocabulary["[SEP]"],
    ]


def _pieces(word: str, vocabulary: Mapping[str, int]) -> list[int]:
    pieces, start = [], 0
    while start < len(word):
        prefix = "##" if start else ""
        for end in range(len(word), start, -1):
            if (found := vocabulary.get(prefix + word[start:end])) is not None:
                pieces.append(found)
                start = end
                break
        else:
            return [vocabulary["[UNK]"]]
    return pieces


def _strip_controls(text: str) -> str:
    return "".join(char for char in text if not _is_control(char))


def _is_control(char: str) -> bool:
    if char in "\t\n\r":
        return False
    return char == "\ufffd" or unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs")


def _is_space(char: str) -> bool:
    return char in "\t\n\r " or unicodedata.category(char).startswith("Z")


def _stands_alone(char: str) -> bool:
    code = ord(char)
    if code < 128:
        return char.isprintable() and not char.isalnum() and char != " "
    if any(low <= code <= high for low, high in rules.CJK_RANGES):
        return True
    return unicodedata.category(char).startswith("P")


def _space_flags(text: str) -> str:
    return re.sub("([\U0001f1e6-\U0001f1ff]{2})", r" \1 ", text)


def _entity(entity: str, entities: Mapping[str, str]) -> str:
    if entity in entities:
        return entities[entity]
    if not entity.startswith("&#"):
        return entity
    digits, base = (entity[3:-1], 16) if entity[2] in "xX" else (entity[2:-1], 10)
    code = int(digits, base)
    if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return ""
    return chr(code)


_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
