"""How many texts a model's tokens are too few for, told before a run by the first records."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence

from moderation.models.json_tokens import read_tokenizer
from schemas.card import Card, InputSpec, TokenSpec, leaves_of
from schemas.records import Kind

LEAST_SHARE = 0.05
"""Of the texts, cut, from which on it is told."""

_WORD = re.compile(r"\w+|[^\w\s]")
_LONGEST = 100

Count = Callable[[str], int]
"""From a text to the pieces of words that it becomes."""


def cut_texts(
    card: Card,
    texts: Sequence[tuple[Kind, Mapping[str, str]]],
    *,
    vocabulary: Callable[[str | None], Sequence[str]],
    content: Callable[[str], bytes],
) -> Iterator[str]:
    """A line for each input that cuts more than a few of the texts.

    Args:
        card: of the model.
        texts: of some records, by field, each with its kind.
        vocabulary: from a card's ``vocab`` to the tokens.
        content: from a card's ``vocab`` to a ``tokenizer.json``.
    """
    for task in card.tasks:
        asked = [each for kind, each in texts if kind is task.kind]
        told = set()
        for spec in leaves_of(task.inputs):
            if spec.tokens is None or (spec.tokens.sequence_length, spec.fields) in told:
                continue
            told.add((spec.tokens.sequence_length, spec.fields))
            if spec.tokens.tokenizer == "tokenizer_json":
                count = _by_library(content(str(spec.tokens.vocab)))
            else:
                count = _by_words(vocabulary(spec.tokens.vocab), spec.tokens)
            if asked and (line := _line(spec, spec.tokens, asked, count)):
                yield f"model {card.name}: {line}"


def _line(
    spec: InputSpec, tokens: TokenSpec, asked: Sequence[Mapping[str, str]], count: Count
) -> str | None:
    fields, length = len(spec.fields), tokens.sequence_length
    together = tokens.packing == "together"
    room = length - fields - 1 if together else fields * (length // fields - 2)
    cut = 0
    for record in asked:
        pieces = [count(record.get(field) or "") for field in spec.fields]
        cut += sum(pieces) > room if together else max(pieces) > room // fields
    if cut / len(asked) < LEAST_SHARE:
        return None
    return (
        f"input {spec.name!r} has {length} tokens, room for {room} pieces of words: "
        f"{100 * cut / len(asked):.0f} % of the first {len(asked):,} records lose the end of "
        f"{' or '.join(spec.fields)}"
    )


def _by_library(content: bytes) -> Count:
    tokenizer = read_tokenizer(content)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def _by_words(vocabulary: Sequence[str], tokens: TokenSpec) -> Count:
    """WordPiece, near enough to count: words by Unicode's letters, then the longest pieces."""
    known = frozenset(vocabulary)

    def pieces(word: str) -> int:
        if len(word) > _LONGEST:
            return 1
        start = found = 0
        while start < len(word):
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((each for each in ends if mark + word[start:each] in known), None)
            if end is None:
                return 1  # the whole word is unknown
            start, found = end, found + 1
        return found

    def count(text: str) -> int:
        plain = text
        if tokens.lower_case:
            folded = unicodedata.normalize("NFD", text.lower())
            plain = "".join(each for each in folded if unicodedata.category(each) != "Mn")
        return sum(pieces(word) for word in _WORD.findall(plain))

    return count
