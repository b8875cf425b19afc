"""The repair of spelling in plain Python: what the graph must equal, word by word.

Slow and obvious on purpose. ``tests/starter`` holds ``spelling_graph`` against it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from moderation.starter import spelling_rules as rules

KNOWN, UNKNOWN, SPREAD, OTHER = "known", "unknown", "spread", "other"
Step = tuple[int, int, int, str]
"""What a way to a place costs, in which order it is asked, where it comes from, its word."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The vocabulary's ids, and the words of the list."""

    vocabulary: Mapping[str, int]
    words: Container[str]

    def rank(self, word: str) -> int:
        """Of the vocabulary's words; 0 or less for what is none."""
        return self.vocabulary.get(word, -1) - self.vocabulary[rules.FIRST_WORD] + 1

    def cost(self, word: str) -> int | None:
        """Of a word; None for what is none."""
        if word in rules.SINGLE_WORDS:
            return rules.frequency_cost(rules.SINGLE_WORDS[word])
        if not re.fullmatch(rules.WORD, word):
            return None
        if len(word) >= rules.LEAST_WORD or word in rules.SHORT_WORDS:
            if self.rank(word) > 0:
                return rules.frequency_cost(self.rank(word))
            if word in self.words:
                return rules.frequency_cost(rules.LIST_RANK)
        return None

    def knows(self, word: str) -> bool:
        """Whether it is a word, or one with an ending."""
        if self.cost(word) is not None:
            return True
        for suffix in rules.SUFFIXES:
            stem = word.removesuffix(suffix)
            if stem == word or len(stem) < rules.LEAST_WORD:
                continue
            if stem[-1] != suffix[0] and self.cost(stem) is not None:
                return True
            if self.cost(stem + "e") is not None:
                return True
        return False


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    kind: str


def repair(words: Sequence[str], lexicon: Lexicon) -> list[str]:
    """The words of one text, repaired."""
    words = [_without_digits(word, lexicon) for word in words[: rules.WORDS_READ]]
    kinds = [_kind(words, place, lexicon) for place in range(len(words))]
    tokens = [_Token(*each) for each in zip(words, kinds, strict=True)]
    if _is_foreign(tokens, lexicon):
        return words
    lettered = sum(kind != OTHER for kind in kinds)
    unknown = sum(token.kind == UNKNOWN and len(token.word) > 1 for token in tokens)
    _, edit, as_such = max(
        level for level in rules.LEVELS if unknown * rules.SHARES >= level[0] * lettered
    )
    found: list[str] = []
    for segment in _segments(_spread(tokens)):
        if all(token.kind in (KNOWN, OTHER) for token in segment):
            found += [token.word for token in segment]
        else:
            found += _likeliest(segment, lexicon, edit=edit, as_such=as_such)
    return found


def _is_foreign(tokens: Sequence[_Token], lexicon: Lexicon) -> bool:
    long = [token for token in tokens if token.kind != OTHER and len(token.word) > 1]
    unknown = sum(token.kind == UNKNOWN for token in long)
    costs = [lexicon.cost(token.word) for token in long]
    most = rules.frequency_cost(rules.FREQUENT_RANK)
    frequent = sum(cost is not None and cost <= most for cost in costs)
    return unknown >= rules.FOREIGN and frequent * rules.FREQUENT_ONE_OF < len(long)


def best_edit(word: str, lexicon: Lexicon) -> tuple[int, str] | None:
    """The likeliest word one edit away, with its cost."""
    if not rules.LEAST_WORD <= len(word) <= rules.LONGEST_WORD:
        return None
    known = [
        (cost + lexicon_cost, order, edited)
        for order, (cost, edited) in enumerate(_edits(word))
        if (cost == rules.DRAWL or len(edited) >= rules.LEAST_WORD)
        and (lexicon_cost := lexicon.cost(edited)) is not None
    ]
    if not known:
        return None
    cost, _, edited = min(known)
    return cost, edited


def _edits(word: str) -> Iterator[tuple[int, str]]:
    size = len(word)
    for times in (1, 2):
        shorter = re.sub(r"(.)\1{2,}", lambda match, n=times: match.group(1) * n, word)
        if shorter != word:
            yield rules.DRAWL, shorter
    for place in range(size):
        doubled = place > 0 and word[place] == word[place - 1]
        yield rules.removal_cost(size, doubled=doubled), word[:place] + word[place + 1 :]
    for place in range(size - 1):
        swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        yield rules.swap_cost(size), swapped
    for place in range(size + 1):
        for letter in rules.LETTERS:
            yield rules.insertion_cost(size), word[:place] + letter + word[place:]


def _without_digits(word: str, lexicon: Lexicon) -> str:
    digits = sum(char.isdigit() for char in word)
    if not re.fullmatch(rules.LEET, word) or not 0 < digits <= len(word) - digits:
        return word
    if word[-1].isdigit() and digits < 2:
        return word
    for one in rules.ONES:
        read = word.translate(str.maketrans({**rules.LOOK_ALIKES, "1": one}))
        if lexicon.cost(read) is not None:
            return read
    return word


def _kind(words: Sequence[str], place: int, lexicon: Lexicon) -> str:
    word, before = words[place], words[place - 1] if place else ""
    if not re.fullmatch(rules.WORD, word) or before == rules.HASH:
        return OTHER
    if word == rules.USER or (before in rules.ELIDED and len(word) <= 2):
        return KNOWN
    return KNOWN if lexicon.knows(word) else UNKNOWN


def _spread(tokens: list[_Token]) -> list[_Token]:
    """Letters that are spread out marked as such, and the marks between them dropped."""

    def letter(place: int) -> bool:
        inside = 0 <= place < len(tokens)
        return inside and tokens[place].kind != OTHER and len(tokens[place].word) == 1

    def mark(place: int) -> bool:
        is_mark = bool(re.fullmatch(rules.SPREAD_MARK, tokens[place].word))
        return is_mark and letter(place - 1) and letter(place + 1)

    found, start = [], 0
    while start < len(tokens):
        end = start
        while end < len(tokens) and (letter(end) or mark(end)):
            end += 1
        run = tokens[start : max(end, start + 1)]
        is_spread = end > start and re.fullmatch(rules.SPREAD, "".join(t.word for t in run))
        letters = [_Token(token.word, SPREAD) for token in run if token.kind != OTHER]
        found += letters if is_spread else run
        start += len(run)
    return found


def _segments(tokens: Sequence[_Token]) -> Iterator[list[_Token]]:
    """Cut around what is no word of letters, and between two known words."""
    segment: list[_Token] = []
    for token in tokens:
        if segment and (
            OTHER in (token.kind, segment[-1].kind) or token.kind == segment[-1].kind == KNOWN
        ):
            yield segment
            segment = []
        segment.append(token)
    if segment:
        yield segment


def _likeliest(
    segment: Sequence[_Token], lexicon: Lexicon, *, edit: int, as_such: int
) -> list[str]:
    letters = "".join(token.word for token in segment)
    owner = [token for token in segment for _ in token.word]
    starts, place = {}, 0
    for index, token in enumerate(segment):
        starts[place] = index
        place += len(token.word)
    ends = {start + len(segment[index].word): start for start, index in starts.items()}
    best: list[Step] = [(0, 0, 0, "")]
    for end in range(1, len(letters) + 1):
        ways: list[Step] = []
        if end in ends:
            start = ends[end]
            ways += [
                (best[start][0] + cost, order, start, word)
                for cost, order, word in _alone(
                    segment[starts[start]], lexicon, edit=edit, as_such=as_such
                )
            ]
        for start in range(max(0, end - rules.LONGEST_WORD), end):
            word = letters[start:end]
            cost = _span(start, end, word=word, owner=owner, starts=starts, segment=segment)
            known = lexicon.cost(word)
            if cost is not None and known is not None:
                ways.append((best[start][0] + cost + known, 1 + end - start, start, word))
        best.append(min(ways) if ways else (10**6, 0, 0, ""))
    found, place = [], len(letters)
    while place:
        _, _, start, word = best[place]
        found.append(word)
        place = start
    return found[::-1]


def _alone(
    token: _Token, lexicon: Lexicon, *, edit: int, as_such: int
) -> Iterator[tuple[int, int, str]]:
    """The token as it is, and edited."""
    word = token.word
    if token.kind == SPREAD:
        yield rules.SINGLE, 0, word
        return
    cost = lexicon.cost(word)
    if cost is None and len(word) == 1:
        cost = rules.SINGLE
    if cost is None and len(word) == 2 and lexicon.rank(word) > 0:
        cost = rules.frequency_cost(lexicon.rank(word))
    if cost is None:
        cost = as_such + rules.UNKNOWN_LETTER * len(word)
    yield cost, 0, word
    if token.kind == UNKNOWN and (edited := best_edit(word, lexicon)):
        yield edited[0] + edit, 1, edited[1]


def _span(start: int, end: int, *, word: str, owner: Sequence[_Token],
          starts: Mapping[int, int], segment: Sequence[_Token]) -> int | None:  # fmt: skip
    """What is to be mended for letters to be one word; None where they may not be."""
    is_start = {*starts, len(owner)}
    for place in (start, end):
        if place not in is_start and owner[place].kind == KNOWN:
            return None
    inner = [place for place in range(start + 1, end) if place in starts]
    if not inner and start in is_start and end in is_start:
        return None
    spread = owner[start].kind == owner[end - 1].kind == SPREAD
    if inner and len(word) < rules.LEAST_WORD and not spread:
        return None
    cost = 0
    if end not in is_start:
        cost = rules.SPLIT if start in is_start else rules.SPLIT_AGAIN
    for place in inner:
        both = {segment[starts[place] - 1].kind, segment[starts[place]].kind}
        cost += rules.SPREAD_BLANK if both == {SPREAD} else rules.BLANK
    return cost
