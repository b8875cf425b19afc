"""Sentences of our own that differ in little and mean the opposite, for training and judging.

Labelled sets teach that the name of a group goes with hate. The forms of ``sentences/memes`` set
against each other what a filter confuses, function by function: insult and its denial, quoting
and saying, groups and things, words and emoji.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from random import Random

import numpy as np

from workshop.starter import spelling
from workshop.starter.data import Texts
from workshop.starter.sentences import Corpus, Row, draw_unless, fill, with_articles

SENTENCES = Corpus("memes", {"forms": "{form}", "clauses": "{form}"}, held_back=2)
Forms = Mapping[tuple[str, int], tuple[str, ...]]

_SPELT = {
    "spelling": spelling.disturb,
    "blanks": spelling.blanks_and_letters,
    "emoji_letters": spelling.emoji_letters,
}
"""Functions whose sentences are those of others, spelt so."""
_SHARE = {
    "news": 4.0, "negative": 3.0, "demand": 2.0, "reference": 2.0, "asking": 2.0, "spelling": 3.0,
    "blanks": 4.0,
}  # fmt: skip
"""How often a function comes where others come once."""
_DISTURBED = 0.1
_EMOJI_GROUP = 0.12
_SHORT = {"T": "thing"}


def functions() -> tuple[str, ...]:
    """What the sentences are there to teach, by name."""
    return (*sorted({row["function"] for row in SENTENCES.rows("forms")}), *_SPELT)


@cache
def forms(*, held_back: bool) -> Forms:
    """The forms of the training side or of the held-back side, by function and label."""
    found: dict[tuple[str, int], list[str]] = {}
    for row in SENTENCES.forms("forms", held_back=held_back):
        found.setdefault((row["function"], int(row["label"])), []).append(row["form"])
    return {key: tuple(lines) for key, lines in found.items()}


def draw(
    count: int, random: Random, *, held_back: bool = False, without: Collection[str] = ()
) -> Texts:
    """``count`` filled forms, half of them hateful, functions as often as ``_SHARE`` says.

    Args:
        count: how many.
        random: decides everything else.
        held_back: from the held-back forms instead of those for training.
        without: functions that are left out.
    """
    labels = [number % 2 for number in range(count)]
    texts = [_sentence(y, random, held_back=held_back, without=without) for y in labels]
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
        return _SPELT[name](text, random)
    form = random.choice(forms(held_back=held_back)[name, label])
    return _finish(_Filler(random, held_back=held_back).fill(form), random)


def is_able(name: str, label: int, *, held_back: bool) -> bool:
    """Whether ``draw_function`` has a form of that function and label, or it spells another's."""
    return name in _SPELT or (name, label) in forms(held_back=held_back)


def ordinary() -> dict[str, tuple[str, ...]]:
    """Posts that nobody should flag, written one by one as the check is, by what they are."""
    found: dict[str, list[str]] = {}
    for row in SENTENCES.rows("ordinary"):
        found.setdefault(row["function"], []).append(row["text"])
    return {name: tuple(texts) for name, texts in found.items()}


@cache
def checked() -> tuple[tuple[str, ...], Texts]:
    """The function of each sentence of the check, and the sentences."""
    rows = SENTENCES.rows("check")
    labels = np.array([int(row["label"]) for row in rows], np.int32)
    return tuple(row["function"] for row in rows), Texts(tuple(row["text"] for row in rows), labels)


def _sentence(label: int, random: Random, *, held_back: bool, without: Collection[str]) -> str:
    def one() -> str:
        names = _able(label, frozenset(without))
        (name,) = random.choices(names, [_SHARE.get(name, 1.0) for name in names])
        return draw_function(name, label, random, held_back=held_back, without=without)

    return draw_unless(one, lambda text: text.casefold() in _checked_texts())


@cache
def _checked_texts() -> frozenset[str]:
    texts = [*checked()[1].texts, *(text for rows in ordinary().values() for text in rows)]
    return frozenset(text.casefold() for text in texts)


@cache
def _able(label: int, without: frozenset[str]) -> tuple[str, ...]:
    """Functions that have forms with a label, or spell another's."""
    able = {row["function"] for row in SENTENCES.rows("forms") if int(row["label"]) == label}
    return tuple(name for name in functions() if name in {*able, *_SPELT} - without)


class _Filler:
    """Fills places; one sentence speaks of one group, one slur, one kind of others."""

    def __init__(self, random: Random, *, held_back: bool) -> None:
        self._random, self._held_back = random, held_back
        group = tuple(random.choice(SENTENCES.rows("groups")).values())
        if random.random() < _EMOJI_GROUP:
            group = (random.choice(SENTENCES.words("group_emoji")),) * 3
        slur, other = (random.choice(SENTENCES.rows(file)) for file in ("slurs", "others"))
        self._named = dict(zip("GSA", group, strict=True))
        self._named |= _both("L", slur) | _both("P", other)
        self._named |= {name: random.choice(SENTENCES.words("group_emoji")) for name in ("E", "E2")}
        self._named |= {"O": random.choice(SENTENCES.words("other_emoji"))}

    def fill(self, form: str) -> str:
        return fill(form, self._word)

    def _word(self, name: str) -> str:
        if clauses := _clauses(name, held_back=self._held_back):
            return self.fill(self._random.choice(clauses))
        if name in self._named:
            return self._named[name]
        return self._random.choice(SENTENCES.words(_SHORT.get(name, name)))


def _both(name: str, row: Row) -> dict[str, str]:
    return {name: row["plural"], f"{name}S": row["singular"]}


@cache
def _clauses(place: str, *, held_back: bool) -> tuple[str, ...]:
    rows = SENTENCES.forms("clauses", held_back=held_back)
    return tuple(row["form"] for row in rows if row["place"] == place)


def _finish(text: str, random: Random) -> str:
    text = with_articles(text)
    if random.random() < 0.25:
        text = f"{random.choice(SENTENCES.words('before'))} {text}"
    if random.random() < 0.4:
        text += random.choice(SENTENCES.words("after"))
    if random.random() < _DISTURBED:
        text = spelling.disturb(text, random)
    style = random.random()
    if style < 0.35:
        return text[:1].upper() + text[1:]
    return text.upper() if style > 0.96 else text
