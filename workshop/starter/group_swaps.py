"""Swaps the names of groups in a text, so that no one group alone means hate."""

from __future__ import annotations

import re
from functools import cache
from random import Random

from workshop.starter.meme_sentences import SENTENCES


def swap_groups(text: str, random: Random) -> str:
    """``text`` with each group it names replaced, the same group always by the same other."""
    chosen: dict[str, str] = {}

    def other(match: re.Match[str]) -> str:
        term = match.group().lower()
        if term not in chosen:
            chosen[term] = random.choice(_groups()[term])
        return chosen[term]

    return _term().sub(other, text)


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    """Each group that is swapped, and those it is swapped for."""
    lists = [SENTENCES.words(place) for place in ("swapped_plural", "swapped_singular")]
    return {term: words for words in lists for term in words}


@cache
def _term() -> re.Pattern[str]:
    longest_first = sorted(map(re.escape, _groups()), key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(longest_first)})\b", re.I)
