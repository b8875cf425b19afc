"""Swaps the names of groups in a text, so that no one group alone means hate."""

from __future__ import annotations

import re
from random import Random

PLURAL = (
    "women", "men", "black people", "white people", "asian people", "muslims", "jews",
    "christians", "hindus", "sikhs", "buddhists", "atheists", "arabs", "immigrants", "refugees",
    "migrants", "foreigners", "gay people", "gays", "lesbians", "bisexuals", "trans people",
    "transgender people", "disabled people", "deaf people", "blind people", "autistic people",
    "old people", "chinese people", "mexicans", "indians", "pakistanis", "africans", "poles",
    "romanians", "germans", "irish people", "nigerians", "travellers", "latinos", "girls",
)  # fmt: skip
SINGULAR = (
    "woman", "man", "black person", "white person", "asian person", "muslim", "jew", "christian",
    "hindu", "sikh", "buddhist", "atheist", "arab", "immigrant", "refugee", "migrant", "foreigner",
    "gay person", "lesbian", "bisexual", "trans person", "disabled person", "deaf person",
    "blind person", "autistic person", "chinese person", "mexican", "indian", "pakistani",
    "african", "traveller", "girl",
)  # fmt: skip

_GROUPS = dict.fromkeys(PLURAL, PLURAL) | dict.fromkeys(SINGULAR, SINGULAR)
_TERM = re.compile(
    r"\b(" + "|".join(sorted(map(re.escape, _GROUPS), key=len, reverse=True)) + r")\b", re.I
)


def swap_groups(text: str, random: Random) -> str:
    """``text`` with each group it names replaced, the same group always by the same other."""
    chosen: dict[str, str] = {}

    def other(match: re.Match[str]) -> str:
        term = match.group().lower()
        if term not in chosen:
            chosen[term] = random.choice(_GROUPS[term])
        return chosen[term]

    return _TERM.sub(other, text)
