"""What comes in: a tweet pair or a meme, under the column names of the public data sets."""

from __future__ import annotations

from enum import Enum


class Kind(str, Enum):
    """What a record is; told from its columns or by ``--record_kind``."""

    TWEET_PAIR = "tweet_pair"
    MEME = "meme"


ENTAILMENT_LABELS = ("Contradictory", "Implies", "NoEntailment")
"""Labels of a tweet pair, in the order of the public data set."""

DEFAULT_TASKS = {Kind.TWEET_PAIR: "entailment", Kind.MEME: "hateful"}
"""The task that a kind's ``label`` answers where nobody says otherwise."""

TEXT_FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.TWEET_PAIR: ("text_1", "text_2"),
    Kind.MEME: ("text",),
}
IMAGE_FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.TWEET_PAIR: ("image_1", "image_2"),
    Kind.MEME: ("img",),
}
ID_FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.TWEET_PAIR: ("id_1", "id_2"),
    Kind.MEME: ("id",),
}


def fields_of(kind: Kind) -> tuple[str, ...]:
    """All the fields that a record of this kind is judged by, ids first."""
    return ID_FIELDS[kind] + TEXT_FIELDS[kind] + IMAGE_FIELDS[kind]
