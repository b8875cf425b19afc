"""Tweet pairs of our own, drawn from ``sentences/pairs``: what implies, contradicts, or is neither.

The labelled pairs hold few plain contradictions. The forms set side by side what a reader
of two texts must tell apart: the same said otherwise, its opposite, another thing that
only sounds alike. Ordinary posts, paired at random or lightly changed, lend the look of posts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np

from workshop.starter import pair_posts, pair_scenes
from workshop.starter.data import Pairs
from workshop.starter.pair_places import SENTENCES, Filler
from workshop.starter.pair_scenes import CONTRADICTORY, IMPLIES, NEITHER
from workshop.starter.sentences import draw_unless

ANY = "any"
_WHOLE = "clause"
"""Kind of a state that has its subject in it."""
_ANY_KINDS = ("venue", "person", "thing", "show", "dish", "animal", "object", "event", "law")
_LABELS = "CIN"
_BE = ("is", "is", "is so", "is really")
_SCENE_SHARE, _HEADLINE_SHARE, _STATE_SHARE = 0.25, 0.25, 0.225
_PLAIN_SCENES = 0.7
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

    def one() -> _Pair:
        if random.random() < posts_share:
            return _of_posts(posts, random)
        return _own(_LABELS.index(random.choice(_LABELS)), random, held_back=held_back)

    return _pairs([draw_unless(one, _is_checked) for _ in range(count)])


@cache
def checked() -> tuple[tuple[str, ...], Pairs]:
    """The function of each pair of the check, and the pairs."""
    rows = SENTENCES.rows("check")
    pairs = [(row["first"], row["second"], _LABELS.index(row["label"])) for row in rows]
    return tuple(row["function"] for row in rows), _pairs(pairs)


def forms(*, held_back: bool) -> tuple[str, ...]:
    """All forms of one side as their side is told by: of whole pairs, and of states."""
    return tuple(
        SENTENCES.text_of(file, row)
        for file in SENTENCES.sides
        for row in SENTENCES.forms(file, held_back=held_back)
    )


def _pairs(rows: Sequence[_Pair]) -> Pairs:
    first, second, labels = zip(*rows, strict=True)
    return Pairs(tuple(first), tuple(second), np.array(labels, np.int32))


def _is_checked(row: _Pair) -> bool:
    return (row[0].casefold(), row[1].casefold()) in _checked_pairs()


@cache
def _checked_pairs() -> frozenset[tuple[str, str]]:
    pairs = checked()[1]
    both = zip(pairs.first, pairs.second, strict=True)
    return frozenset((first.casefold(), second.casefold()) for first, second in both)


@cache
def _forms(label: int, held_back: bool) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The forms with a label, function by function."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in SENTENCES.forms("forms", held_back=held_back):
        if row["label"] == _LABELS[label]:
            found.setdefault(row["function"], []).append((row["first"], row["second"]))
    return tuple(map(tuple, found.values()))


@dataclass(frozen=True, slots=True)
class _Row:
    """A question with two answers, each in several wordings, and what they may be about."""

    kind: str
    sides: tuple[tuple[str, ...], ...]
    objects: tuple[str, ...] = ("",)


@cache
def _rows(held_back: bool) -> tuple[_Row, ...]:
    found = []
    for row in SENTENCES.forms("states", held_back=held_back):
        found.append(_Row(row["kind"], (_split(row["one"]), _split(row["other"]))))
    for row in SENTENCES.forms("qualities", held_back=held_back):
        one, two = (_split(row[side], ",") for side in ("one", "other"))
        found.append(_Row(ANY, (_is(one, not_so=two[0]), _is(two, not_so=one[0]))))
    for row in SENTENCES.forms("acts", held_back=held_back):
        mine, theirs = (_split(row[side], ",") for side in ("one", "other"))
        found.append(_Row("person", (mine, theirs), _split(row["objects"].replace(",", ";"))))
    return tuple(found)


def _is(words_of_a_side: Sequence[str], *, not_so: str) -> tuple[str, ...]:
    return (*(f"{be} {word}" for word in words_of_a_side for be in _BE), f"is not {not_so}")


def _split(text: str, mark: str = ";") -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(mark))


def _subjects(kind: str) -> tuple[str, ...]:
    if kind == ANY:
        return tuple(word for name in _ANY_KINDS for word in SENTENCES.words(name))
    return ("",) if kind == _WHOLE else SENTENCES.words(kind)


def _own(label: int, random: Random, *, held_back: bool) -> _Pair:
    chance = random.random()
    if chance < _SCENE_SHARE:
        pair = pair_scenes.scenes(label, random, held_back=held_back)
        if random.random() < _PLAIN_SCENES:
            first, second = (f"{text[:1].upper()}{text[1:]}." for text in pair)
            return first, second, label
    elif chance < _SCENE_SHARE + _HEADLINE_SHARE:
        pair = pair_scenes.headlines(label, random, held_back=held_back)
    elif chance < _SCENE_SHARE + _HEADLINE_SHARE + _STATE_SHARE:
        pair = _stated(label, random, held_back=held_back)
    else:
        filler = Filler(random)
        first, second = random.choice(random.choice(_forms(label, held_back)))
        pair = filler.fill(first), filler.fill(second)
    return (*_dressed(*pair, label, random), label)


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
    detail = filler.fill(random.choice(SENTENCES.words("when")))
    chance = random.random()
    if label == IMPLIES:
        if chance < 0.2:
            return filler.fill(random.choice(SENTENCES.words("deny"))).format(first), opposite
        return (f"{first} {detail}" if chance < 0.5 else first), same
    if label == CONTRADICTORY:
        if chance < 0.15:
            denied = filler.fill(random.choice(SENTENCES.words("deny"))).format(same)
            return (first, denied) if random.random() < 0.5 else (denied, first)
        if chance < 0.4:
            return f"{first} {detail}", opposite
        return first, (f"{opposite} {detail}" if chance < 0.6 else opposite)
    if chance < 0.2:
        doubted = filler.fill(random.choice(SENTENCES.words("doubt"))).format(
            random.choice((same, opposite))
        )
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
    tag = random.choice(SENTENCES.words("topic")) if random.random() < _SAME_TAG else ""
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
