"""What words are taken for misspelt and what a repair costs, as rules both sides read.

A text is repaired as it was most likely meant: costs are negative logarithms of probabilities,
whole numbers in ``UNIT`` parts of a nat, so that no two machines and no two batches disagree.
``spelling_graph`` applies them inside the SavedModel, ``spelling_reference`` in plain Python.
"""

from __future__ import annotations

import math

UNIT = 16
"""Parts of a nat."""

FIRST_WORD = "the"
"""The vocabulary is in order of frequency from here on."""

LIST_RANK = 5000
"""As frequent as the word of this rank is each word of ``words.txt``, which has no order."""

DIGESTS = 2**40
"""The list holds digests, a line each: dozens of its words are slurs, and a package should not hand
on a list of them. A digest is ``tf.strings.to_hash_bucket_fast`` of the word into so many."""

SINGLE_WORDS = {"a": 6, "i": 12}
"""The letters that are words, with the rank that they would have."""

_SHORT = """
am an as at be by do go he hi if in is it me my no of on or so to up us we ok oh uk tv dj ur im
"""
SHORT_WORDS = frozenset(_SHORT.split())
"""Of the vocabulary's entries of two letters those that are words; the others are pieces too."""

WORD = r"[a-z]+"
LEAST_WORD, LONGEST_WORD = 3, 16
"""Letters of a word that is looked for, but for ``SHORT_WORDS``."""

WORDS_READ = 256
"""Words of a text that are repaired, before those are taken that are read."""

HASH, USER = "#", "user"
ELIDED = ("'", "’", "&")
"""After these, one or two letters are the end of a word ("don't", "r&b") and are left alone."""

FOREIGN = 3
"""Unknown words of a text from which on it is asked whether it is English."""
FREQUENT_RANK, FREQUENT_ONE_OF = 200, 6
"""It is, where one of six words of two letters and more is among the most frequent."""

SUFFIXES = ("s", "es", "d", "ed", "r", "er", "ing", "ly", "y")
"""What is left of a word without one of these may be a word, with an "e" as well: then it is."""

SPREAD_MARK = r"[.\-_*]"
SPREAD = r"[a-z]{4,}|[b-df-hj-np-tv-z][aeiou][b-df-hj-np-tv-z]|(?:[a-z][.\-_*]){3,}[a-z]"
"""Single letters in a row, and the marks between them: so written they are spread words.

Of three letters only what can be said aloud: initials come through.
"""

LOOK_ALIKES = {"4": "a", "3": "e", "0": "o", "5": "s", "7": "t", "8": "b", "9": "g"}
ONES = ("i", "l")
"""What digits stand for inside a word; a 1 is one of two letters."""
LEET = r"[a-z0-9]{4,16}"

LETTERS = "abcdefghijklmnopqrstuvwxyz"

SPLIT = 4 * UNIT
"""A blank that is missing."""
SPLIT_AGAIN = 20
"""Another one at the end of a word that begins without one."""
BLANK = 4 * UNIT
"""A blank too many."""
SPREAD_BLANK = 5
"""A blank between spread letters."""
SINGLE = 6 * UNIT
"""A single letter, left as it is."""
UNKNOWN_LETTER = 30
"""Each letter of a word that nobody knows."""

LEVELS = ((0, 130, 176), (2, 96, 192), (4, 48, 208))
"""By the share of unknown words of a text, in ``SHARES``: one edit, and an unknown word as such."""
SHARES = 25


def frequency_cost(rank: int) -> int:
    """Of the word of a rank, 1 the most frequent: Zipf's law over a vocabulary of BERT's size."""
    return round(UNIT * (math.log(rank) + 2.4))


def removal_cost(letters: int, *, doubled: bool) -> int:
    """Of taking one of so many letters away: somebody put it in, any letter or the same again."""
    return round(UNIT * (math.log(letters) + 1 if doubled else math.log(26 * letters)))


def insertion_cost(letters: int) -> int:
    """Of putting a letter in that somebody left out of a word of now so many."""
    return round(UNIT * math.log(letters + 1))


def swap_cost(letters: int) -> int:
    """Of swapping two neighbours of so many letters."""
    return round(UNIT * math.log(letters))


DRAWL = -3 * UNIT
"""Of the same letter three times or more: that is no word, and rarely an accident."""
