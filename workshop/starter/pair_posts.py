"""Texts of pairs made to look like posts, and posts repeated or turned into their opposite."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from random import Random

from workshop.starter.pair_places import SENTENCES

_LINK = re.compile(r"https?://\S+")
_TAG = re.compile(r"#\w+")
_NUMBER = re.compile(r"(?<![\w#/&@.])\d{1,4}(?![\w/;.])")
_SHORTEST = 6
_TRIES, _FEWEST, _ALIKE = 8, 3, 0.4
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|will|could|would|should|must|does|did|has)\b(?! not)"
)
_NOT = re.compile(r"\b(?:not|never) ", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+")


def dress(text: str, random: Random, *, tag: str = "") -> str:
    """``text`` as somebody might post it."""
    if random.random() < 0.4:
        text = text[:1].upper() + text[1:]
    if random.random() < 0.2:
        text = f"{random.choice(SENTENCES.words('before'))} {text}"
    if random.random() < 0.4:
        text += random.choice(SENTENCES.words("after")).format(
            tag=random.choice(SENTENCES.words("topic")),
            glad=random.choice(SENTENCES.words("glad")) if random.random() < 0.2 else ".",
            sad=random.choice(SENTENCES.words("sad")) if random.random() < 0.2 else ".",
        )
    if tag:
        text = f"{text} {tag}"
    return text.upper() if random.random() < 0.03 else text


def repeated(post: str, random: Random) -> tuple[str, str]:
    """A post, and the same with another link, other tags, or without its end."""
    again = post
    if random.random() < 0.5:
        again = _LINK.sub("", again)
    if random.random() < 0.3:
        again = _TAG.sub("", again)
    found = again.split()
    if random.random() < 0.25 and len(found) > 2 * _SHORTEST:
        return post, " ".join(found[: random.randrange(_SHORTEST, len(found))])
    return post, dress(again.strip() or post, random)


def of_one_event(posts: Sequence[str], random: Random) -> tuple[str, str] | None:
    """Two of the posts about an event that say different things; None: none such were drawn."""
    for _ in range(_TRIES):
        first, second = random.choice(posts), random.choice(posts)
        one, two = (set(_WORD.findall(_LINK.sub("", text).lower())) for text in (first, second))
        if min(len(one), len(two)) >= _FEWEST and len(one & two) < _ALIKE * len(one | two):
            return first, second
    return None


def contradicted(post: str, random: Random) -> str:
    """The opposite of a post by one word: a number, a negation, an antonym; else the post."""
    changes = [_other_number, _negated, _opposite]
    random.shuffle(changes)
    for change in changes:
        if (found := change(post, random)) != post:
            return found
    return post


def _other_number(post: str, random: Random) -> str:
    def other(found: re.Match[str]) -> str:
        value = int(found.group())
        return str(max(0, value + random.choice((-3, -2, -1, 1, 2, 3, 7, 10, value + 1))))

    return _NUMBER.sub(other, post, count=1)


def _negated(post: str, random: Random) -> str:
    if _NOT.search(post):
        return _NOT.sub("", post, count=1)
    return _AUXILIARY.sub(lambda found: found.group() + random.choice((" not", " never")), post, 1)


def _opposite(post: str, random: Random) -> str:
    places = [m for m in _WORD.finditer(post) if m.group() in _opposites()]
    if not places:
        return post
    place = random.choice(places)
    return post[: place.start()] + _opposites()[place.group()] + post[place.end() :]


@cache
def _opposites() -> dict[str, str]:
    rows = [(row["one"], row["other"]) for row in SENTENCES.rows("opposites")]
    return {
        word: opposite for one, other in rows for word, opposite in ((one, other), (other, one))
    }
