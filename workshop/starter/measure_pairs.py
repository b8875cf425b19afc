"""How well plain pairs are told apart: own forms held back, the own check, ordinary posts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
import tensorflow as tf

from schemas.records import ENTAILMENT_LABELS
from workshop.starter import pair_mix, pair_sentences, same_words
from workshop.starter.data import Pairs
from workshop.starter.figures import figures, shown

Array = np.ndarray[Any, Any]

_BATCH = 64
_LINK = re.compile(pair_mix.LINK)


def fit(model: Any, pairs: Pairs) -> pair_mix.Mix:
    """The mix of ``model``'s two judges that serves ``pairs`` best."""
    stack, compared, _ = _odds(model, pairs.first, pairs.second)
    return pair_mix.fit(stack, compared, pairs.labels)


def measure(model: Any, mix: pair_mix.Mix, *, held_back: Pairs) -> dict[str, Any]:
    """Figures for the card, of what we wrote ourselves."""
    functions, check = pair_sentences.checked()
    return {
        "how": "label = most probable; nothing of the check and no held-back form is trained on; "
        "the comparison's share and temperature are fitted to the held-back forms",
        "share_of_the_comparison": mix.share,
        "temperature": mix.temperature,
        "held_back_forms": _figures(held_back.labels, _probabilities(model, mix, held_back)),
        "own_check": _figures(check.labels, _probabilities(model, mix, check))
        | {"accuracy_by_function": _by_function(functions, check, model, mix)},
        "own_check_without_the_comparison": _figures(
            check.labels, pair_mix.softmax(_odds(model, check.first, check.second)[0])
        ),
    }


def of_posts(model: Any, mix: pair_mix.Mix, posts: Sequence[str], *, seed: int) -> dict[str, Any]:
    """Figures for the card, of ordinary ``posts`` that are paired at random."""
    others = Random(seed).sample(list(posts), len(posts))
    stack, compared, same = _odds(model, posts, others)
    linked = _linked(posts, others)
    return {
        "ordinary_posts_paired_at_random": {
            "pairs": len(others),
            "share_of_which_both_carry_a_link": shown(linked.mean()),
            "given": _given(_ruled(mix, stack, compared, linked, same)),
            "given_if_none_carried_a_link": _given(
                _ruled(mix, stack, compared, np.zeros_like(linked), same)
            ),
        }
    }


def _odds(model: Any, first: Sequence[str], second: Sequence[str]) -> tuple[Array, Array, Array]:
    """Log-odds [n, k] by each judge, and which pairs say the same [n]."""
    parts = []
    for start in range(0, len(first), _BATCH):
        rows = slice(start, start + _BATCH)
        texts = tf.constant(first[rows]), tf.constant(second[rows])
        parts.append([part.numpy() for part in (*model.judges(*texts), model.same_words(*texts))])
    stack, compared, same = (np.concatenate(part) for part in zip(*parts, strict=True))
    return stack, compared, same


def _ruled(mix: pair_mix.Mix, stack: Array, compared: Array, linked: Array, same: Array) -> Array:
    return same_words.probabilities(mix.probabilities(stack, compared, linked), same)


def _probabilities(model: Any, mix: pair_mix.Mix, pairs: Pairs) -> Array:
    stack, compared, same = _odds(model, pairs.first, pairs.second)
    return _ruled(mix, stack, compared, _linked(pairs.first, pairs.second), same)


def _linked(first: Sequence[str], second: Sequence[str]) -> Array:
    both = zip(first, second, strict=True)
    return np.array([all(_LINK.fullmatch(text) for text in pair) for pair in both], bool)


def _figures(labels: Array, p: Array) -> dict[str, Any]:
    found = figures(labels, p, ENTAILMENT_LABELS)
    return {
        "pairs": len(labels),
        "macro_f1": found["macro_f1"],
        "accuracy": found["accuracy"],
        "by_label": {
            label: {"f1": found[f"{label}.f1"]["value"], "auroc": found[f"{label}.roc_auc"]}
            for label in ENTAILMENT_LABELS
        },
    }


def _by_function(
    functions: Sequence[str], check: Pairs, model: Any, mix: pair_mix.Mix
) -> dict[str, float]:
    right = _probabilities(model, mix, check).argmax(axis=1) == check.labels
    names = np.array(functions)
    return {name: round(float(right[names == name].mean()), 2) for name in dict.fromkeys(functions)}


def _given(p: Array) -> dict[str, float]:
    given = p.argmax(axis=1)
    return {label: shown((given == index).mean()) for index, label in enumerate(ENTAILMENT_LABELS)}
