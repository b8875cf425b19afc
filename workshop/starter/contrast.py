"""Sentences of our own that differ in little and mean the opposite, for training and judging.

Labelled sets teach that the name of a group goes with hate. The forms of ``forms`` set
against each other what a filter confuses, function by function: insult and its denial,
quoting and saying, groups and things, words and emoji. A fourth of the forms is held
back from training, to judge by; ``forms.check`` holds sentences in another voice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from functools import cache
from random import Random

import numpy as np

from workshop.starter.data import Texts
from workshop.starter.forms import check, clauses, emoji, harmless, plain, spelling, turned, words

Forms = Mapping[tuple[str, int], tuple[str, ...]]

SPELLING = "spelling"
EMOJI_LETTERS = "emoji_letters"
_SPELT = (SPELLING, EMOJI_LETTERS)
_HELD_BACK, _HELD_BACK_AT = 4, 2
_DISTURBED = 0.08
_EMOJI_GROUP = 0.12
_PLACE = re.compile(r"\{(\w+)\}")
_ARTICLE = re.compile(r"\ba(?= [aeio]|n? un[a-z]|n? ug)")
_LISTS = words.LISTS | {"vote": plain.VOTE, "T": words.LISTS["thing"]}
_GROUPS = words.rows(words.GROUPS)
_SLURS = words.rows(words.SLURS)
_OTHERS = words.rows(words.OTHERS)
_EMOJI_GROUPS = tuple(words.EMOJI_GROUPS.split())
_EMOJI_OTHERS = tuple(words.EMOJI_OTHERS.split())
_BEFORE = ("honestly, ", "sorry but ", "lol ", "just saying: ", "today i thought ", "wow, ",
           "everyone knows that ", "i mean, ", "tbh ", "omg ", "so yeah, ", "well, ", "@user ",
           "ok but ", "again: ", "hey, ", "listen, ", "#facts ")  # fmt: skip
_AFTER = ("!", ".", " lol", " and that is that", ", believe me", "!!!", " right?", " #truth",
          "...", " smh", ", period", " tbh", " https://t.co/x", " ok", ", always", ".", "!",
          ".")  # fmt: skip


def functions() -> tuple[str, ...]:
    """What the sentences are there to teach, by name."""
    return (*sorted({name for name, _ in _all_forms()}), *_SPELT)


def forms(*, held_back: bool) -> Forms:
    """The forms of the training side or of the held-back side, by function and label."""
    return {
        key: _side(lines, held_back=held_back)
        for key, lines in _all_forms().items()
        if _side(lines, held_back=held_back)
    }


def clause_forms(*, held_back: bool) -> tuple[str, ...]:
    """The clauses that other forms hold, of the training side or of the held-back side."""
    return tuple(line for lines in _CLAUSES.values() for line in _side(lines, held_back=held_back))


def draw(
    count: int, random: Random, *, held_back: bool = False, without: Collection[str] = ()
) -> Texts:
    """``count`` filled forms, half of them hateful, functions alike often.

    Args:
        count: how many.
        random: decides everything else.
        held_back: from the held-back forms instead of those for training.
        without: functions that are left out.
    """
    texts, labels = [], []
    for number in range(count):
        label = number % 2
        texts.append(_sentence(label, random, held_back=held_back, without=without))
        labels.append(label)
    return Texts(tuple(texts), np.array(labels, np.int32))


def draw_function(
    name: str, label: int, random: Random, *, held_back: bool = False, without: Collection[str] = ()
) -> str:
    """One sentence of the function ``name``; ``without`` is for those that spell another's.

    Raises:
        KeyError: the function has no form with that label.
    """
    if name in _SPELT:
        text = _sentence(label, random, held_back=held_back, without={*without, *_SPELT})
        change = spelling.disturb if name == SPELLING else spelling.emoji_letters
        return change(text, random)
    form = random.choice(_side(_all_forms()[name, label], held_back=held_back))
    return _finish(_Filler(random, held_back=held_back).fill(form), random)


def checked() -> tuple[tuple[str, ...], Texts]:
    """The function of each sentence of ``forms.check``, and the sentences."""
    split = [line.split("|", 2) for line in check.LINES.splitlines()]
    labels = np.array([int(label) for _, label, _ in split], np.int32)
    return tuple(name for name, _, _ in split), Texts(tuple(text for *_, text in split), labels)


def _sentence(label: int, random: Random, *, held_back: bool, without: Collection[str]) -> str:
    while True:
        name = random.choice(_able(label, frozenset(without)))
        text = draw_function(name, label, random, held_back=held_back, without=without)
        if text.casefold() not in _checked_texts():
            return text


@cache
def _checked_texts() -> frozenset[str]:
    return frozenset(text.casefold() for text in checked()[1].texts)


@cache
def _able(label: int, without: frozenset[str]) -> tuple[str, ...]:
    return tuple(
        name
        for name in functions()
        if name not in without and (name in _SPELT or (name, label) in _all_forms())
    )


@cache
def _all_forms() -> Forms:
    found: dict[tuple[str, int], list[str]] = {}
    for module in (plain, turned, harmless, emoji):
        for name, block in module.FORMS.items():
            for line in block.strip().splitlines():
                label, form = line.split(" ", 1)
                found.setdefault((name, int(label)), []).append(form)
    return {key: tuple(lines) for key, lines in found.items()}


def _side(lines: tuple[str, ...], *, held_back: bool) -> tuple[str, ...]:
    return tuple(line for line in lines if _is_held_back(line) is held_back)


@cache
def _is_held_back(form: str) -> bool:
    """By the form alone: one that serves two functions lies on one side."""
    return hashlib.sha256(form.encode("utf-8")).digest()[0] % _HELD_BACK == _HELD_BACK_AT


_CLAUSES = {
    "bad": tuple(clauses.BAD.strip().splitlines()),
    "good": tuple(clauses.GOOD.strip().splitlines()),
}


class _Filler:
    """Fills places; one sentence speaks of one group, one slur, one kind of others."""

    def __init__(self, random: Random, *, held_back: bool) -> None:
        self._random, self._held_back = random, held_back
        group = random.choice(_GROUPS)
        if random.random() < _EMOJI_GROUP:
            group = (random.choice(_EMOJI_GROUPS),) * 3
        slur, other = random.choice(_SLURS), random.choice(_OTHERS)
        self._named = dict(zip("GSA", group, strict=True))
        self._named |= {"L": slur[0], "LS": slur[1], "P": other[0], "PS": other[1]}
        self._named |= {name: random.choice(_EMOJI_GROUPS) for name in ("E", "E2")}
        self._named |= {"O": random.choice(_EMOJI_OTHERS)}

    def fill(self, form: str) -> str:
        return _PLACE.sub(lambda place: self._word(place.group(1)), form)

    def _word(self, name: str) -> str:
        if name in _CLAUSES:
            side = _side(_CLAUSES[name], held_back=self._held_back)
            return self.fill(self._random.choice(side))
        if name in self._named:
            return self._named[name]
        return self._random.choice(_LISTS[name])


def _finish(text: str, random: Random) -> str:
    text = _ARTICLE.sub("an", text)
    if random.random() < 0.25:
        text = random.choice(_BEFORE) + text
    if random.random() < 0.4:
        text += random.choice(_AFTER)
    if random.random() < _DISTURBED:
        text = spelling.disturb(text, random)
    style = random.random()
    if style < 0.35:
        return text[:1].upper() + text[1:]
    return text.upper() if style > 0.96 else text
