"""Pairs of scenes, as captions tell them, and of headlines: drawn from tables of our own.

Two scenes contradict where one denies the other; another person or another act is another
scene. Two headlines contradict where they give another figure of one and the same event; another
place, day or team is another event, whatever the figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from random import Random

from workshop.starter.data import Pairs
from workshop.starter.outside_pairs import pairs_of
from workshop.starter.pair_places import SENTENCES, Filler
from workshop.starter.sentences import Row

CONTRADICTORY, IMPLIES, NEITHER = range(3)

_MANY = re.compile(r"(two|three|some|several|a few)\b")
_Texts = tuple[str, str]


def scenes(label: int, random: Random, *, held_back: bool) -> _Texts:
    """Two captions with this label."""
    row, other = random.sample(SENTENCES.forms("scenes", held_back=held_back), 2)
    who = random.choice(SENTENCES.rows("people"))
    stranger = random.choice([each for each in SENTENCES.rows("people") if _differ(who, each)])
    scene = _Scene(row, who["subject"], random)
    makers = (_denied_scenes, _implied_scenes, _other_scenes)
    return makers[label](scene, _Scene(other, stranger["subject"], random), who)


class _Scene:
    """One person and what that person does, in any wording."""

    def __init__(self, row: Row, subject: str, random: Random) -> None:
        self.subject, self.row, self.random = subject, row, random

    def act(self, column: str = "act") -> str:
        return self.random.choice(_wordings(self.row[column]))

    def tell(self, *, subject: str = "", act: str = "", aside: bool = False) -> str:
        subject, act = subject or self.subject, act or self.act()
        told = f"{subject} {_be(subject)} {act}"
        if self.random.random() < 0.2 and not subject.startswith("the "):
            told = f"there {_be(subject)} {subject} {act}"
        elif self.random.random() < 0.1:
            told = f"{subject} {act}"
        return f"{told} {self.random.choice(SENTENCES.words('aside'))}" if aside else told

    def deny(self, *, subject: str = "", act: str = "") -> str:
        subject, act = subject or self.subject, act or self.act()
        bare = re.sub(r"^(a|an|the) ", "", subject)
        ways = [f"{subject} {_be(subject)} not {act}"] * 2 + [
            f"there {_be(subject)} no {bare} {act}"
        ]
        return self.random.choice([*ways, f"no {bare} {_be(subject)} {act}"])

    def passive(self) -> str:
        """As what is done to the object; empty where the act has none."""
        told = self.row["passive"]
        return "" if told == "-" else f"{told} by {self.subject}"


def _denied_scenes(scene: _Scene, _: _Scene, who: Row) -> _Texts:
    random, chance = scene.random, scene.random.random()
    told = scene.tell(aside=random.random() < 0.25)
    if chance < 0.45:
        denied = scene.deny()
    elif chance < 0.55:
        denied = random.choice(("nobody is ", "there is nobody ")) + scene.act()
    elif chance < 0.65 and scene.passive():
        denied = re.sub(r"\b(is|are) being", r"\1 not being", scene.passive())
    else:
        denied = scene.tell(act=scene.act("opposite"))
    return (told, denied) if random.random() < 0.6 else (denied, told)


def _implied_scenes(scene: _Scene, _: _Scene, who: Row) -> _Texts:
    random, chance = scene.random, scene.random.random()
    told = scene.tell(aside=random.random() < 0.4)
    wider = random.choice(_wordings(who["wider"]))
    if chance < 0.3:
        return told, scene.tell()
    if chance < 0.5:
        return told, scene.tell(subject=wider)
    if chance < 0.65:
        return told, scene.tell(act=scene.act("wider"))
    if chance < 0.72:
        return told, scene.tell(subject=wider, act=scene.act("wider"))
    if chance < 0.88 and scene.passive():
        pair = scene.tell(), scene.passive()
        return pair if random.random() < 0.5 else pair[::-1]
    act = scene.act()
    return scene.deny(act=act), scene.deny(act=act)


def _other_scenes(scene: _Scene, other: _Scene, who: Row) -> _Texts:
    random, chance = scene.random, scene.random.random()
    told = scene.tell(aside=random.random() < 0.25)
    if chance < 0.22:
        pair = told, scene.tell(act=other.act())
    elif chance < 0.42:
        pair = told, scene.tell(subject=other.subject)
    elif chance < 0.52:
        return scene.tell(), scene.tell(aside=True)
    elif chance < 0.6:
        return scene.tell(act=scene.act("wider")), scene.tell()
    elif chance < 0.67:
        return scene.tell(subject=random.choice(_wordings(who["wider"]))), scene.tell()
    elif chance < 0.77:
        pair = told, scene.deny(subject=other.subject, act=random.choice((scene, other)).act())
    elif chance < 0.85:
        pair = told, scene.deny(act=other.act())
    elif chance < 0.9:
        pair = told, other.tell(act=scene.act("opposite"))
    else:
        pair = told, other.tell()
    return pair if random.random() < 0.5 else (pair[1], pair[0])


def headlines(label: int, random: Random, *, held_back: bool) -> _Texts:
    """Two headlines with this label."""
    rows = SENTENCES.forms("headlines", held_back=held_back)
    row = random.choice(rows)
    filler = Filler(random)

    def say(column: str, of: Row = row, by: Filler = filler) -> str:
        return by.fill(random.choice(_wordings(of[column])))

    chance = random.random()
    if label == CONTRADICTORY:
        return say("full"), say("full", by=filler.other_than(_names(row["value"])))
    if label == IMPLIES:
        columns = ("full", "full") if chance < 0.4 else ("full", "short")
        columns = ("short", "short") if chance > 0.85 else columns
        return say(columns[0]), say(columns[1])
    if chance < 0.55:
        changed = random.sample(_names(row["identity"]), 1)
        changed += [name for name in _names(row["value"]) if random.random() < 0.75]
        first, second = random.choice((("full", "full"), ("full", "full"), ("full", "short")))
        return say(first), say(second, by=filler.other_than(changed))
    if chance < 0.65:
        return say("short"), say("full")
    if chance < 0.8:
        pair = say(random.choice(("full", "short"))), say("related")
        return pair if random.random() < 0.5 else (pair[1], pair[0])
    other = random.choice([each for each in rows if each is not row])
    return say(random.choice(("full", "related"))), say("full", of=other)


def draw(maker: Callable[..., _Texts], count: int, random: Random) -> Pairs:
    """``count`` of held-back ``scenes`` or ``headlines``, labels in turn."""
    labels = [row % 3 for row in range(count)]
    return pairs_of((*maker(label, random, held_back=True), label) for label in labels)


@cache
def _wordings(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";"))


def _differ(who: Row, other: Row) -> bool:
    """Whether they are two people: neither is what the other may be called."""
    return who["subject"] not in (other["subject"], *_wordings(other["wider"])) and (
        other["subject"] not in _wordings(who["wider"])
    )


def _names(cell: str) -> Sequence[str]:
    return cell.split(",")


def _be(subject: str) -> str:
    return "are" if _MANY.match(subject) else "is"
