"""The lexical features of a tweet pair: their names and word lists, read by both sides.

``pairs_graph`` computes them inside the SavedModel, ``pairs_reference`` in plain
Python. All are counts and shares over the words of ``text_graph``.
"""

from __future__ import annotations

import re

_STOP_WORDS = (
    "a an and are as at be been but by can could do does for from had has have he her his i if in "
    "into is it its just me my no not of on or our out she so than that the their them then there "
    "they this to up us was we were what when which who will with would you your user amp s t re "
    "ve ll m d"
)
_NEGATIONS = (
    "no not never none nobody nothing neither nor without cannot cant won wont don dont didn didnt "
    "isn isnt wasn wasnt doesn doesnt fake false deny denies denied denying hoax untrue incorrect "
    "wrong"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
NEGATIONS = frozenset(_NEGATIONS.split())
NUMBER = "[0-9]+"
SHINGLES = (2, 3, 4)
LONGEST_RUN = 32
"""A shared run of words is counted up to this length."""
PUNCTUATION = ("?", "!", '"', "…", ":")
MENTION = "user"
HASH = "#"

KINDS = ("words", "content", "numbers", "hashtags")
"""What overlap is measured over; content words are neither stop words nor numbers."""


def _names() -> tuple[str, ...]:
    overlap = [f"{kind}_{what}" for kind in KINDS for what in ("jaccard", "in_2", "in_1")]
    counts = [f"log_{kind}_{side}" for kind in KINDS for side in (1, 2)]
    shingles = [f"shingle{size}_{what}" for size in SHINGLES for what in ("in_2", "in_1")]
    flags = [f"has {mark} {side}" for mark in (*PUNCTUATION, MENTION) for side in (1, 2)]
    return (
        *overlap,
        *counts,
        "numbers_disjoint",
        "numbers_one_sided",
        "numbers_equal",
        *shingles,
        "log_run",
        "run_share_1",
        "run_share_2",
        "log_length_ratio",
        "log_negations_1",
        "log_negations_2",
        "negation_one_sided",
        "log_prefix",
        "prefix_share",
        "suffix_share",
        *flags,
    )


NAMES = _names()
"""The features in order."""


def one_of(words: frozenset[str]) -> str:
    """A pattern that matches exactly the given words."""
    return "|".join(re.escape(word) for word in sorted(words))
