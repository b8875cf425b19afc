"""Two posts that say the same words: they cannot contradict, whatever their pictures show.

Copied campaigns are the commonest pairs there are. In the labelled set their labels hang on
pictures that nobody has; trees learnt from them that equal texts contradict. So the words decide:
where both sides say the same once links and mentions are gone, Contradictory is left next to
nothing, and the two other labels keep their odds against each other (decision 0026).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from moderation.starter.pair_rules import MENTION
from moderation.starter.text_rules import MAX_TOKENS
from schemas.records import ENTAILMENT_LABELS

Array = np.ndarray[Any, Any]
Tensor = Any
Ragged = Any

LEFT = 0.005
"""p(Contradictory) of two posts that say the same."""

_SPOKEN = MAX_TOKENS - 2
_CONTRADICTORY = ENTAILMENT_LABELS.index("Contradictory")


def same(first: Ragged, second: Ragged) -> Tensor:
    """ragged string [n, (words)] twice, all words of each → bool [n].

    As many words are compared as are read of a text, mentions not counted: how many people a
    post calls upon does not shift where it is cut off.
    """
    return _said(first) == _said(second)


def _said(words: Ragged) -> Tensor:
    import tensorflow as tf

    spoken = tf.ragged.boolean_mask(words, words.with_flat_values(words.flat_values != MENTION))
    joined = tf.strings.reduce_join(spoken[:, :_SPOKEN], axis=1, separator=" ")
    return tf.strings.regex_replace(joined, "^[: ]+", "")  # of "RT @paper: …"


def log_odds(odds: Tensor, same: Tensor) -> Tensor:
    """float32 [n, k] log-odds, and bool [n]: where they are the ``same``, p is ``LEFT``."""
    import tensorflow as tf

    others = tf.reduce_logsumexp(tf.gather(odds, _OTHERS, axis=1), axis=1, keepdims=True)
    wanted = others + float(np.log(LEFT / (1.0 - LEFT)))
    column = tf.range(len(ENTAILMENT_LABELS)) == _CONTRADICTORY
    return tf.where(same[:, None] & column, wanted, odds)


def probabilities(p: Array, same: Array) -> Array:
    """``log_odds`` for probabilities [n, k] and flags [n], in plain NumPy."""
    rest = np.where(np.arange(p.shape[1]) == _CONTRADICTORY, 0.0, p)
    rest = rest / rest.sum(axis=1, keepdims=True) * (1.0 - LEFT)
    rest[:, _CONTRADICTORY] = LEFT
    return np.where(same[:, None], rest, p)


_OTHERS = [place for place in range(len(ENTAILMENT_LABELS)) if place != _CONTRADICTORY]
