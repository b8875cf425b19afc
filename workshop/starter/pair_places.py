"""Fills the places of a form: one pair speaks of the same people, places and things."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from workshop.starter.sentences import Corpus, fill, with_articles

SENTENCES = Corpus(
    "pairs",
    {
        "forms": "{label} {first} || {second}",
        "states": "{kind}: {one} | {other}",
        "qualities": "{one} | {other}",
        "acts": "{one} | {other} | {objects}",
        "scenes": "{act}",
        "headlines": "{full}",
    },
    held_back=1,
)
_PLURAL = {"is": "are", "has": "have", "was": "were", "hits": "hit", "keeps": "keep"}


class Filler:
    """Fills places: the same name is the same word in both texts, with a number another."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._left: dict[str, list[str]] = {}
        deed, act, kind = (
            random.choice(SENTENCES.rows(file)) for file in ("deeds", "between", "kinds")
        )
        self._chosen = {"base": deed["base"], "past": deed["past"], **act}
        self._chosen["deeds"] = random.choice(deed["objects"].split("; "))
        self._chosen |= {f"k{place}": word for place, word in enumerate(kind.values(), start=1)}

    def fill(self, form: str) -> str:
        return with_articles(fill(form, self._word))

    def other_than(self, names: Sequence[str]) -> Filler:
        """One that fills the places ``names`` with other words and all others with the same."""
        other = Filler(self._random)
        other._chosen = dict(self._chosen)
        other._left = {place: list(words) for place, words in self._left.items()}
        for name in names:
            other._chosen.pop(name, None)
        return other

    def agree(self, subject: str, wording: str) -> str:
        """``wording`` as it follows ``subject``; teams are many, prices may be."""
        if subject.endswith("prices") or subject == "drones":
            return re.sub(r"^(is|has|was|hits|keeps)\b", lambda m: _PLURAL[m.group()], wording)
        return wording

    def _word(self, name: str) -> str:
        if name not in self._chosen:
            place = name.rstrip("0123456789")
            if place not in self._left:
                self._left[place] = self._random.sample(SENTENCES.words(place), 4)
            self._chosen[name] = self._left[place].pop()
        return self._chosen[name]
