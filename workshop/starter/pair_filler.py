"""Fills the places of a form: one pair speaks of the same people, places and things."""

from __future__ import annotations

import re
from random import Random

from workshop.starter.forms.pairs import deeds, words

_PLACE = re.compile(r"\{([a-z]+)([0-9]?)\}")
_ARTICLE = re.compile(r"\ba(?= [aeio])")
_DEEDS = tuple(tuple(line.split("|")) for line in deeds.DEEDS.splitlines())
_BETWEEN = tuple(tuple(line.split("|")) for line in deeds.BETWEEN.splitlines())
_KINDS = tuple(tuple(line.split("|")) for line in words.KINDS.splitlines())
_PLURAL = {"is": "are", "has": "have", "was": "were", "hits": "hit", "keeps": "keep"}


class Filler:
    """Fills places: the same name is the same word in both texts."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._chosen: dict[str, str] = {}
        self._lists: dict[str, list[str]] = {}
        deed, act, kind = random.choice(_DEEDS), random.choice(_BETWEEN), random.choice(_KINDS)
        self._chosen |= {"base": deed[0], "past": deed[1], "act": act[0], "back": act[1]}
        self._chosen |= {"deeds": random.choice(deed[2].split("; "))}
        self._chosen |= {f"k{place + 1}": word for place, word in enumerate(kind)}

    def fill(self, form: str) -> str:
        return _ARTICLE.sub("an", _PLACE.sub(self._word, form))

    def agree(self, subject: str, wording: str) -> str:
        """``wording`` as it follows ``subject``; teams are many, prices may be."""
        if subject.endswith("prices") or subject == "drones":
            return re.sub(r"^(is|has|was|hits|keeps)\b", lambda m: _PLURAL[m.group()], wording)
        return wording

    def _word(self, place: re.Match[str]) -> str:
        name, number = place.groups()
        if name + number not in self._chosen:
            if name not in self._lists:
                self._lists[name] = self._random.sample(words.LISTS[name], 4)
            self._chosen[name + number] = self._lists[name].pop()
        return self._chosen[name + number]
