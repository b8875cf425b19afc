"""How well plain pairs are told apart: own forms held back, the own check, ordinary posts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class _Said:
    """Of pairs: log-odds [n, k] by each judge, who says the same [n], where both link [n]."""

    stack: Array
    compared: Array
    same: Array
    linked: Array

    def probabilities(self, mix: pair_mix.Mix) -> Array:
        """As the bundle answers, [n, k]."""
        p = mix.probabilities(self.stack, self.compared, self.linked)
        return same_words.probabilities(p, self.same)


def measure(
    model: Any, held_back: Pairs, *, mix: pair_mix.Mix | None = None
) -> tuple[pair_mix.Mix, dict[str, Any]]:
    """The mix of ``model``'s two judges, and figures for the card, of what we wrote ourselves.

    Args:
        model: whose judges they are.
        held_back: pairs of held-back forms.
        mix: None: the one that serves ``held_back`` best.
    """
    functions, check = pair_sentences.checked()
    of_held_back, of_check = (_ask(model, each.first, each.second) for each in (held_back, check))
    mix = mix or pair_mix.fit(of_held_back.stack, of_held_back.compared, held_back.labels)
    p = of_check.probabilities(mix)
    return mix, {
        "how": "label = most probable; nothing of the check and no held-back form is trained on; "
        "the comparison's share and temperature are fitted to the held-back forms",
        "share_of_the_comparison": mix.share,
        "temperature": mix.temperature,
        "held_back_forms": _figures(held_back.labels, of_held_back.probabilities(mix)),
        "own_check": _figures(check.labels, p)
        | {"accuracy_by_function": _by_function(functions, p.argmax(axis=1) == check.labels)},
        "own_check_without_the_comparison": _figures(
            check.labels, pair_mix.softmax(of_check.stack)
        ),
    }


def of_posts(model: Any, mix: pair_mix.Mix, posts: Sequence[str], *, seed: int) -> dict[str, Any]:
    """Figures for the card, of ordinary ``posts`` that are paired at random."""
    said = _ask(model, posts, Random(seed).sample(list(posts), len(posts)))
    unlinked = replace(said, linked=np.zeros_like(said.linked))
    return {
        "ordinary_posts_paired_at_random": {
            "pairs": len(posts),
            "share_of_which_both_carry_a_link": shown(said.linked.mean()),
            "given": _given(said.probabilities(mix)),
            "given_if_none_carried_a_link": _given(unlinked.probabilities(mix)),
        }
    }


def _ask(model: Any, first: Sequence[str], second: Sequence[str]) -> _Said:
    parts = []
    for start in range(0, len(first), _BATCH):
        rows = slice(start, start + _BATCH)
        texts = tf.constant(first[rows]), tf.constant(second[rows])
        parts.append([part.numpy() for part in (*model.judges(*texts), model.same_words(*texts))])
    both = zip(first, second, strict=True)
    linked = np.array([all(_LINK.fullmatch(text) for text in pair) for pair in both], bool)
    stack, compared, same = (np.concatenate(part) for part in zip(*parts, strict=True))
    return _Said(stack, compared, same, linked)


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


def _by_function(functions: Sequence[str], right: Array) -> dict[str, float]:
    names = np.array(functions)
    return {name: round(float(right[names == name].mean()), 2) for name in dict.fromkeys(functions)}


def _given(p: Array) -> dict[str, float]:
    given = p.argmax(axis=1)
    return {label: shown((given == index).mean()) for index, label in enumerate(ENTAILMENT_LABELS)}
