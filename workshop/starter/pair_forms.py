"""Tweet pairs of our own, drawn from ``forms.pairs``: what implies, contradicts, or is neither.

The labelled pairs hold few plain contradictions. The forms set side by side what a reader
of two texts must tell apart: the same said otherwise, its opposite, another thing that
only sounds alike. A fourth of the forms is held back; ``forms.pairs.check`` holds pairs in
another voice. Ordinary posts, paired at random or lightly changed, lend the look of posts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np

from workshop.starter import pair_posts
from workshop.starter.data import Pairs
from workshop.starter.forms.pairs import check, qualities, states, turned, words
from workshop.starter.pair_filler import Filler

CONTRADICTORY, IMPLIES, NEITHER = range(3)
ANY = "any"
_ANY_KINDS = ("venue", "person", "thing", "show", "dish", "animal", "object", "event", "law")
_LABELS = "CIN"
_HELD_BACK, _HELD_BACK_AT = 4, 1
_BE = ("is", "is", "is so", "is really")
_STATE_SHARE = 0.45
_AGAIN, _SAME_TAG = 0.1, 0.1
_REPEATED_POSTS, _CHANGED_POSTS = 0.15, 0.25

_Pair = tuple[str, str, int]


def draw(count: int, random: Random, *, posts: Sequence[str] = (), held_back: bool = False,
         posts_share: float = 0.0) -> Pairs:  # fmt: skip
    """``count`` pairs, labels alike often but for the posts, which mostly have nothing in common.

    Args:
        count: how many.
        random: decides everything else.
        posts: ordinary posts.
        held_back: from the held-back forms instead of those for training.
        posts_share: share of pairs that are made of ``posts``.
    """
    rows: list[_Pair] = []
    while len(rows) < count:
        if random.random() < posts_share:
            row = _of_posts(posts, random)
        else:
            row = _own(_LABELS.index(random.choice(_LABELS)), random, held_back=held_back)
        if (row[0].casefold(), row[1].casefold()) not in _checked_pairs():
            rows.append(row)
    return _pairs(rows)


def checked() -> tuple[tuple[str, ...], Pairs]:
    """The function of each pair of ``forms.pairs.check``, and the pairs."""
    split = [line.split("|") for line in check.LINES.splitlines()]
    rows = [(first, second, _LABELS.index(label)) for _, label, first, second in split]
    return tuple(name for name, *_ in split), _pairs(rows)


def forms(*, held_back: bool) -> tuple[str, ...]:
    """All forms of one side, with their labels: those of ``turned`` and the rows of ``states``."""
    lines = [line for block in turned.FORMS.values() for line in block.strip().splitlines()]
    rows = "\n".join((states.STATES, qualities.QUALITIES, qualities.ACTS)).splitlines()
    return _side((*lines, *rows), held_back=held_back)


def _pairs(rows: Sequence[_Pair]) -> Pairs:
    first, second, labels = zip(*rows, strict=True)
    return Pairs(tuple(first), tuple(second), np.array(labels, np.int32))


@cache
def _checked_pairs() -> frozenset[tuple[str, str]]:
    pairs = checked()[1]
    both = zip(pairs.first, pairs.second, strict=True)
    return frozenset((first.casefold(), second.casefold()) for first, second in both)


def _side(lines: tuple[str, ...], *, held_back: bool) -> tuple[str, ...]:
    return tuple(line for line in lines if _is_held_back(line) is held_back)


@cache
def _is_held_back(form: str) -> bool:
    return hashlib.sha256(form.encode("utf-8")).digest()[0] % _HELD_BACK == _HELD_BACK_AT


@cache
def _turned(label: int, held_back: bool) -> tuple[tuple[str, ...], ...]:
    """The forms with a label, function by function."""
    mark = _LABELS[label] + " "
    found = []
    for block in turned.FORMS.values():
        lines = tuple(line for line in block.strip().splitlines() if line.startswith(mark))
        if side := _side(lines, held_back=held_back):
            found.append(side)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Row:
    """A question with two answers, each in several wordings, and what they may be about."""

    kind: str
    sides: tuple[tuple[str, ...], ...]
    objects: tuple[str, ...] = ("",)


@cache
def _rows(held_back: bool) -> tuple[_Row, ...]:
    found = []
    for line in _side(tuple(states.STATES.splitlines()), held_back=held_back):
        kind, rest = line.split(":", 1)
        found.append(_Row(kind, tuple(_split(side, ";") for side in rest.split("|"))))
    for line in _side(tuple(qualities.QUALITIES.splitlines()), held_back=held_back):
        one, two = (_split(side, ",") for side in line.split("|"))
        found.append(_Row(ANY, (_is(one, not_so=two[0]), _is(two, not_so=one[0]))))
    for line in _side(tuple(qualities.ACTS.splitlines()), held_back=held_back):
        mine, theirs, objects = (_split(part, ";") for part in line.replace(",", ";").split("|"))
        found.append(_Row("person", (mine, theirs), objects))
    return tuple(found)


def _is(words_of_a_side: Sequence[str], *, not_so: str) -> tuple[str, ...]:
    return (*(f"{be} {word}" for word in words_of_a_side for be in _BE), f"is not {not_so}")


def _split(text: str, mark: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(mark))


def _subjects(kind: str) -> tuple[str, ...]:
    if kind == ANY:
        return tuple(word for name in _ANY_KINDS for word in words.LISTS[name])
    return words.LISTS.get(kind, ("",))


def _own(label: int, random: Random, *, held_back: bool) -> _Pair:
    if random.random() < _STATE_SHARE:
        first, second = _stated(label, random, held_back=held_back)
    else:
        form = random.choice(random.choice(_turned(label, held_back)))[2:]
        filler = Filler(random)
        first, second = (filler.fill(part) for part in form.split(" || "))
    return (*_dressed(first, second, label, random), label)


_WHEN = ("today", "this morning", "last night", "right now", "on {day}", "in {place}", "again",
         "according to {person}", "since {day}", "after {disaster}", "as of {hour}",
         "officials say", "because of {disaster}", "police say", "for the first time")  # fmt: skip
_DOUBT = ("is it true that {}?", "i hope that {}", "what if {}?", "maybe {}", "if {}, we go home",
          "does anyone know if {}?", "they wonder whether {}", "{person} dreams that {}",
          "can you imagine: {}?", "nobody knows whether {}", "we will see if {}")  # fmt: skip
_DENY = ("it is not true that {}", "it is a lie that {}", "no, it is false that {}",
         "don't believe that {}", "{person} denies that {}", "FAKE: {}", "hoax: {}")  # fmt: skip


def _stated(label: int, random: Random, *, held_back: bool) -> tuple[str, str]:
    rows = _rows(held_back)
    row, side = random.choice(rows), random.randrange(2)
    subjects = _subjects(row.kind)
    who, other = random.sample(subjects, 2) if len(subjects) > 1 else ("", "")
    what = random.choice(row.objects)
    filler = Filler(random)

    def say(subject: str, wordings: Sequence[str], about: str = what) -> str:
        return f"{subject} {filler.agree(subject, random.choice(wordings))} {about}".strip()

    mine, theirs = row.sides[side], row.sides[1 - side]
    first, same, opposite = say(who, mine), say(who, mine), say(who, theirs)
    detail = filler.fill(random.choice(_WHEN))
    chance = random.random()
    if label == IMPLIES:
        if chance < 0.2:
            return filler.fill(random.choice(_DENY)).format(first), opposite
        return (f"{first} {detail}" if chance < 0.5 else first), same
    if label == CONTRADICTORY:
        if chance < 0.15:
            denied = filler.fill(random.choice(_DENY)).format(same)
            return (first, denied) if random.random() < 0.5 else (denied, first)
        if chance < 0.4:
            return f"{first} {detail}", opposite
        return first, (f"{opposite} {detail}" if chance < 0.6 else opposite)
    if chance < 0.2:
        doubted = filler.fill(random.choice(_DOUBT)).format(random.choice((same, opposite)))
        return (first, doubted) if random.random() < 0.3 else (doubted, first)
    if chance < 0.35:
        return first, f"{same} {detail}"
    if chance < 0.6 and who:
        return first, say(other, random.choice(row.sides))
    if chance < 0.7 and len(row.objects) > 1:
        thing = random.choice([each for each in row.objects if each != what])
        return first, say(who, random.choice(row.sides), thing)
    apart = random.choice([each for each in rows if each is not row])
    subjects = _subjects(apart.kind)
    subject = who if who in subjects and random.random() < 0.7 else random.choice(subjects)
    return first, say(subject, random.choice(apart.sides), random.choice(apart.objects))


def _dressed(first: str, second: str, label: int, random: Random) -> tuple[str, str]:
    if label == IMPLIES and random.random() < _AGAIN:
        second = first
    tag = random.choice(words.LISTS["topic"]) if random.random() < _SAME_TAG else ""
    return pair_posts.dress(first, random, tag=tag), pair_posts.dress(second, random, tag=tag)


def _of_posts(posts: Sequence[str], random: Random) -> _Pair:
    post, other = random.choice(posts), random.choice(posts)
    chance = random.random()
    if chance < _REPEATED_POSTS:
        return (*pair_posts.repeated(post, random), IMPLIES)
    if chance < _REPEATED_POSTS + _CHANGED_POSTS:
        changed = pair_posts.contradicted(post, random)
        if changed != post:
            first, second = random.sample((post, pair_posts.dress(changed, random)), 2)
            return first, second, CONTRADICTORY
    return post, other, NEITHER
