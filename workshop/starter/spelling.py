"""Spells a text as people do who write fast, or who hide words from filters."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

_LEET = {
    "a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "b": "8", "l": "1", "g": "9",
}  # fmt: skip
_SHOWN_AS = {
    "a": ("🅰️",), "b": ("🅱️",), "o": ("🅾️", "⭕", "🌍"), "s": ("💲",), "i": ("ℹ️",), "p": ("🅿️",),
    "m": ("Ⓜ️",), "x": ("❌",), "t": ("✝️",), "v": ("♈",), "u": ("⛎",), "h": ("♓",), "e": ("📧",),
}  # fmt: skip
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(r"[A-Za-z]{4,}")


def disturb(text: str, random: Random) -> str:
    """``text`` with one of the ways of spelling below, chosen at random."""
    return random.choice(_WAYS)(text, random)


def blanks_and_letters(text: str, random: Random) -> str:
    """``text`` with blanks and letters put in or left out, one change for every few words."""
    for _ in range(1 + text.count(" ") // random.choice((2, 3, 4))):
        text = random.choice(_EDITS)(text, random)
    return text


def emoji_letters(text: str, random: Random) -> str:
    """``text`` with letters of one or two words shown as emoji."""

    def word(found: str) -> str:
        letters = list(found)
        places = [place for place, char in enumerate(letters) if char.lower() in _SHOWN_AS]
        for place in random.sample(places, min(len(places), random.choice((1, 1, 2)))):
            letters[place] = random.choice(_SHOWN_AS[letters[place].lower()])
        return "".join(letters)

    return _some_words(text, random, word)


def _some_words(text: str, random: Random, change: Callable[[str], str]) -> str:
    places = [match.span() for match in _WORD.finditer(text)]
    for start, end in sorted(
        random.sample(places, min(len(places), random.choice((1, 1, 2)))), reverse=True
    ):
        text = text[:start] + change(text[start:end]) + text[end:]
    return text


def _swap(text: str, random: Random) -> str:
    def word(found: str) -> str:
        place = random.randrange(1, len(found) - 1)
        return found[:place] + found[place + 1] + found[place] + found[place + 2 :]

    return _some_words(text, random, word)


def _drop(text: str, random: Random) -> str:
    def word(found: str) -> str:
        place = random.randrange(1, len(found))
        return found[:place] + found[place + 1 :]

    return _some_words(text, random, word)


def _double(text: str, random: Random) -> str:
    def word(found: str) -> str:
        place = random.randrange(len(found))
        return found[:place] + found[place] * random.choice((2, 3, 4)) + found[place + 1 :]

    return _some_words(text, random, word)


def _leet(text: str, random: Random) -> str:
    def word(found: str) -> str:
        share = random.choice((0.4, 0.8, 1.0))
        return "".join(
            random.choice(_LEET[char]) if char in _LEET and random.random() < share else char
            for char in found.lower()
        )

    return _some_words(text, random, word)


def _leet_all(text: str, random: Random) -> str:
    return "".join(
        random.choice(_LEET[char]) if char in _LEET and random.random() < 0.6 else char
        for char in text.lower()
    )


def _stars(text: str, random: Random) -> str:
    mark = random.choice("*#_-.")

    def word(found: str) -> str:
        place = random.randrange(1, len(found) - 1)
        return found[:place] + mark + found[place + 1 :]

    return _some_words(text, random, word)


def _join_two(text: str, random: Random) -> str:
    blanks = [place for place, char in enumerate(text) if char == " "]
    for place in sorted(random.sample(blanks, min(len(blanks), random.choice((1, 2)))))[::-1]:
        text = text[:place] + text[place + 1 :]
    return text


def _join_all(text: str, random: Random) -> str:
    return text.replace(" ", "")


def _split_word(text: str, random: Random) -> str:
    def word(found: str) -> str:
        place = random.randrange(1, len(found))
        return f"{found[:place]} {found[place:]}"

    return _change_one(text, random, word)


def _insert_letter(text: str, random: Random) -> str:
    def word(found: str) -> str:
        place = random.randrange(len(found) + 1)
        return found[:place] + random.choice(_LETTERS) + found[place:]

    return _change_one(text, random, word)


def _delete_letter(text: str, random: Random) -> str:
    def word(found: str) -> str:
        place = random.randrange(len(found))
        return found[:place] + found[place + 1 :]

    return _change_one(text, random, word)


def _delete_blank(text: str, random: Random) -> str:
    blanks = [place for place, char in enumerate(text) if char == " "]
    if not blanks:
        return text
    place = random.choice(blanks)
    return text[:place] + text[place + 1 :]


def _change_one(text: str, random: Random, change: Callable[[str], str]) -> str:
    places = [match.span() for match in _WORD.finditer(text)]
    if not places:
        return text
    start, end = random.choice(places)
    return text[:start] + change(text[start:end]) + text[end:]


def _spread_word(text: str, random: Random) -> str:
    mark = random.choice((" ", " ", ".", "-"))
    return _some_words(text, random, mark.join)


def _spread_all(text: str, random: Random) -> str:
    return " ".join(text)


_EDITS: tuple[Callable[[str, Random], str], ...] = (
    _split_word, _insert_letter, _delete_letter, _delete_blank,
)  # fmt: skip
_WAYS: tuple[Callable[[str, Random], str], ...] = (
    _swap, _swap, _drop, _double, _leet, _leet, _leet_all, _stars, _join_two, _join_two, _join_all,
    _spread_word, _spread_word, _spread_all, blanks_and_letters, blanks_and_letters,
)  # fmt: skip
