"""The lexical features of a tweet pair in plain Python: what the graph must equal."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from moderation.starter import pair_rules as rules


def features(first: Sequence[str], second: Sequence[str]) -> list[float]:
    """The features ``pair_rules.NAMES`` of two texts, given their words."""
    sides = (first, second)
    lexical = [[word for word in side if _is_lexical(word)] for side in sides]
    kinds = [_kinds(side) for side in sides]
    values: list[float] = []
    for kind in rules.KINDS:
        values += _overlap(set(kinds[0][kind]), set(kinds[1][kind]))
    for kind in rules.KINDS:
        values += [math.log1p(len(side[kind])) for side in kinds]
    values += _numbers(set(kinds[0]["numbers"]), set(kinds[1]["numbers"]))
    for size in rules.SHINGLES:
        values += [
            _contained(lexical[0], lexical[1], size),
            _contained(lexical[1], lexical[0], size),
        ]
    run = _longest_run(lexical[0], lexical[1])
    lengths = [len(side) for side in lexical]
    values += [math.log1p(run), *(run / max(1, length) for length in lengths)]
    values.append(math.log1p(lengths[0]) - math.log1p(lengths[1]))
    negations = [sum(word in rules.NEGATIONS for word in side) for side in lexical]
    values += [math.log1p(count) for count in negations]
    values.append(float((negations[0] > 0) != (negations[1] > 0)))
    prefix = _prefix(lexical[0], lexical[1])
    shorter = max(1, min(lengths))
    suffix = _prefix(lexical[0][::-1], lexical[1][::-1])
    values += [math.log1p(prefix), prefix / shorter, suffix / shorter]
    for mark in (*rules.PUNCTUATION, rules.MENTION):
        values += [float(mark in side) for side in sides]
    return values


def _kinds(words: Sequence[str]) -> dict[str, list[str]]:
    lexical = [word for word in words if _is_lexical(word)]
    numbers = [word for word in lexical if re.fullmatch(rules.NUMBER, word)]
    content = [word for word in lexical if word not in rules.STOP_WORDS and word not in numbers]
    tags = [word for before, word in pairwise(words) if before == rules.HASH and _is_lexical(word)]
    return {"words": lexical, "content": content, "numbers": numbers, "hashtags": tags}


def _is_lexical(word: str) -> bool:
    return any(unicodedata.category(char)[0] in "LN" for char in word)


def _overlap(first: set[str], second: set[str]) -> list[float]:
    common = len(first & second)
    return [
        common / max(1, len(first | second)),
        common / max(1, len(first)),
        common / max(1, len(second)),
    ]


def _numbers(first: set[str], second: set[str]) -> list[float]:
    return [
        float(bool(first) and bool(second) and not first & second),
        float(bool(first) != bool(second)),
        float(bool(first) and first == second),
    ]


def _shingles(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(words[start : start + size]) for start in range(len(words) - size + 1)]


def _contained(first: Sequence[str], second: Sequence[str], size: int) -> float:
    mine, theirs = _shingles(first, size), set(_shingles(second, size))
    return sum(shingle in theirs for shingle in mine) / max(1, len(mine))


def _longest_run(first: Sequence[str], second: Sequence[str]) -> int:
    for size in range(1, rules.LONGEST_RUN + 1):
        if not set(_shingles(first, size)) & set(_shingles(second, size)):
            return size - 1
    return rules.LONGEST_RUN


def _prefix(first: Sequence[str], second: Sequence[str]) -> int:
    count = 0
    for mine, theirs in zip(first, second, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
