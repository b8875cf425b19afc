"""What one epoch of the hate training is mixed from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TypeVar

from workshop.starter import meme_sentences, spelling
from workshop.starter.data import HateSets, Texts
from workshop.starter.group_swaps import swap_groups

Row = tuple[str, int]
T = TypeVar("T")

_ABOUT_WOMEN = ("female", "male", "young", "single", "feminist")
"""Adjectives of the groups that EDOS labels; of all others it says nothing."""
_ALSO_GROUPS = (
    "islam", "jewish", "white", "whites", "nazi", "nazis", "race", "races", "racial", "racist",
    "tranny", "fag", "gay", "lgbt", "migrant", "migrants", "alien", "aliens", "ethnic", "muslim",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mix:
    """How many texts of what an epoch holds; of a set with fewer, all.

    Attributes:
        hatemoji_copies: of hatemoji_build as it is.
        swapped_copies: of it with the names of groups swapped.
        contrast_texts: sentences of our own.
        left_out: functions of them that are not used.
        ordinary_texts: tweets that are neither hateful nor offensive.
        post_texts: tweets about events in the news.
        plain_hate_texts: hateful tweets.
        offensive_texts: tweets that are merely offensive.
        sexist_texts: posts labelled sexist that also hold a word of contempt or violence.
        unnamed_texts: posts labelled not sexist that name no other group and hold no slur.
        template_texts: short phrases with the name of a group, nearly all of them praise.
        other_heads_share: of the positive rows that the other two heads see.
        noisy_share: of the first head's real texts in which blanks and letters go astray.
    """

    hatemoji_copies: int = 1
    swapped_copies: int = 1
    contrast_texts: int = 8000
    left_out: tuple[str, ...] = ()
    ordinary_texts: int = 1500
    post_texts: int = 300
    plain_hate_texts: int = 1100
    offensive_texts: int = 500
    sexist_texts: int = 700
    unnamed_texts: int = 900
    template_texts: int = 200
    other_heads_share: float = 0.4
    noisy_share: float = 0.2


def one_epoch(sets: HateSets, mix: Mix, random: Random) -> list[tuple[str, int, int]]:
    """One epoch's texts with label and head.

    The first head also sees ordinary and merely offensive posts, or it would take whatever is
    unlike its own short sentences for hate, and some plain hate among them, or "is a post"
    would mean harmless.
    """
    hatemoji, edos, davidson = (_rows(each.train) for each in sets.heads)
    own = _rows(meme_sentences.draw(mix.contrast_texts, random, without=mix.left_out))
    real = hatemoji * mix.hatemoji_copies
    for _ in range(mix.swapped_copies):
        real += [(swap_groups(text, random), label) for text, label in hatemoji]
    real += _posts(sets, edos, davidson, mix, random)
    first = own + [_noisy(row, mix.noisy_share, random) for row in real]
    chosen = [(text, label, 0) for text, label in first]
    for head, rows, ratio in ((1, edos, 1), (2, davidson, 2)):
        positive = [row for row in rows if row[1]]
        positive = _some(positive, round(len(positive) * mix.other_heads_share), random)
        negative = [row for row in rows if not row[1]]
        fresh = _some(negative, ratio * len(positive), random)
        chosen += [(text, label, head) for text, label in positive + fresh]
    return chosen


def _posts(
    sets: HateSets, edos: list[Row], davidson: list[Row], mix: Mix, random: Random
) -> list[Row]:
    polite = set(sets.ordinary.train.texts)
    offensive = [row for row in davidson if not row[1] and row[0] not in polite]
    found = _some(_rows(sets.ordinary.train), mix.ordinary_texts, random)
    found += _some([row for row in davidson if row[1]], mix.plain_hate_texts, random)
    found += _some(offensive, mix.offensive_texts, random)
    found += _some(
        [row for row in edos if row[1] and is_contempt(row[0])], mix.sexist_texts, random
    )
    found += _some(
        [row for row in edos if not row[1] and not names_others(row[0])], mix.unnamed_texts, random
    )
    if sets.posts is not None:
        found += _some(_rows(sets.posts.train), mix.post_texts, random)
    if sets.templates is not None:
        found += _some(_rows(sets.templates.train), mix.template_texts, random)
    return found


def is_contempt(text: str) -> bool:
    """Whether a text holds a slur, or a word of contempt or violence of our own lists."""
    return bool(_contempt().search(text))


def names_others(text: str) -> bool:
    """Whether a text holds a slur, or names a group that EDOS does not label."""
    return bool(_others().search(text))


@cache
def _contempt() -> re.Pattern[str]:
    corpus = meme_sentences.SENTENCES
    words = [word for place in ("adj", "noun", "nouns", "v", "ved") for word in corpus.words(place)]
    return _any_of([*words, *_slurs()])


@cache
def _others() -> re.Pattern[str]:
    groups = meme_sentences.SENTENCES.rows("groups")
    words = [
        word for row in groups if row["adjective"] not in _ABOUT_WOMEN for word in row.values()
    ]
    return _any_of([*words, *_slurs(), *_ALSO_GROUPS])


def _slurs() -> list[str]:
    return [word for row in meme_sentences.SENTENCES.rows("slurs") for word in row.values()]


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted({re.escape(word) for word in words}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b", re.I)


def _noisy(row: Row, share: float, random: Random) -> Row:
    if random.random() >= share:
        return row
    change: Callable[[str, Random], str] = random.choice(
        (spelling.disturb, spelling.blanks_and_letters, spelling.blanks_and_letters)
    )
    return change(row[0], random), row[1]


def _rows(texts: Texts) -> list[Row]:
    return [(text, int(label)) for text, label in zip(texts.texts, texts.labels, strict=True)]


def _some(rows: Sequence[T], count: int, random: Random) -> list[T]:
    return random.sample(rows, min(len(rows), count))
