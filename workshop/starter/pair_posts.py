"""Texts of pairs made to look like posts, and posts repeated or turned into their opposite."""

from __future__ import annotations

import re
from random import Random

from workshop.starter.forms.pairs import opposites, words

_BEFORE = ("BREAKING: ", "just in: ", "RT @user: ", "wow, ", "so ", "update: ", "ok, ", "@user ",
           "RT @news: ", "well, ", "NEWS: ", "omg ", "hey @user ", "i see that ", "yes, ",
           "we can confirm: ", "good to know: ", "today: ", "heard on the radio: ")  # fmt: skip
_AFTER = (" https://t.co/x", " {tag}", " {tag} {tag}", "!", "!!!", ".", ".", "...", " via @user",
          " 📷", " 🚨", " {tag} https://t.co/x", " (photo)", " @user", " lol", ", see the picture",
          " {glad}", " {sad}", " (video) https://t.co/x")  # fmt: skip
_LINK = re.compile(r"https?://\S+")
_TAG = re.compile(r"#\w+")
_NUMBER = re.compile(r"(?<![\w#/&@.])\d{1,4}(?![\w/;.])")
_SHORTEST = 6
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|will|could|would|should|must|does|did|has)\b(?! not)"
)
_NOT = re.compile(r"\b(?:not|never) ", re.IGNORECASE)
_OPPOSITE = {
    one: other
    for line in opposites.OPPOSITES.splitlines()
    for left, right in [line.split("|")]
    for one, other in ((left, right), (right, left))
}
_WORD = re.compile(r"[a-z]+")


def dress(text: str, random: Random, *, tag: str = "") -> str:
    """``text`` as somebody might post it."""
    if random.random() < 0.4:
        text = text[:1].upper() + text[1:]
    if random.random() < 0.2:
        text = random.choice(_BEFORE) + text
    if random.random() < 0.4:
        text += random.choice(_AFTER).format(
            tag=random.choice(words.LISTS["topic"]),
            glad=random.choice(words.LISTS["glad"]) if random.random() < 0.2 else ".",
            sad=random.choice(words.LISTS["sad"]) if random.random() < 0.2 else ".",
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
    places = [m for m in _WORD.finditer(post) if m.group() in _OPPOSITE]
    if not places:
        return post
    place = random.choice(places)
    return post[: place.start()] + _OPPOSITE[place.group()] + post[place.end() :]
