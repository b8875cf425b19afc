"""How well pairs are told apart that nothing was trained on, as they are and with links added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

import numpy as np
import tensorflow as tf

from schemas.records import ENTAILMENT_LABELS
from workshop.starter import pair_mixture, pair_scenes, pair_sentences, same_words
from workshop.starter.data import Pairs
from workshop.starter.figures import best_threshold, figures, shown
from workshop.starter.outside_pairs import NOT_IMPLIED, taken

Array = np.ndarray[Any, Any]

CHECK = "own check"
_BATCH = 64
_CONTRADICTORY, _IMPLIES = range(2)


def held_back(sources: pair_mixture.Sources, *, count: int, seed: int) -> dict[str, Pairs]:
    """Everything that a build keeps from training, by name, at most ``count`` pairs of each."""
    sets = {
        CHECK: pair_sentences.checked()[1],
        "own forms": pair_sentences.draw(count, Random(seed), held_back=True),
        "own scenes": pair_scenes.draw(pair_scenes.scenes, count, Random(seed)),
        "own headlines": pair_scenes.draw(pair_scenes.headlines, count, Random(seed)),
    }
    for name, pairs in sorted(sources.outside.held_back.items()):
        sets[f"by others: {name}"] = pair_mixture.some(pairs, count, Random(seed))
    events = pair_mixture.of_events(sources.events.held_back, count, Random(seed))
    if events is not None:
        sets["two posts about one event"] = events
    sets["two ordinary posts at random"] = pair_mixture.at_random(
        sources.posts_held_back, count, Random(seed)
    )
    return sets


def measure(model: Any, sets: Mapping[str, Pairs]) -> tuple[dict[str, float], dict[str, Any]]:
    """Thresholds of the flags, and figures for the card.

    Args:
        model: gives ``pair_log_odds`` of two texts.
        sets: of ``held_back``.
    """
    said = {name: probabilities(model, pairs.first, pairs.second) for name, pairs in sets.items()}
    thresholds = _thresholds(sets, said)
    functions, check = pair_sentences.checked()
    right = said[CHECK].argmax(axis=1) == check.labels
    return thresholds, {
        "entailment_of_plain_sentences": {
            "how": "label = most probable; nothing of these was trained on: of our own, held-back "
            "forms and a check; by others, a tenth of the first texts and whole categories; posts "
            "of whole events. 'With links': the same with another link at the end of each text",
            "own_check": _full(check.labels, said[CHECK])
            | {"accuracy_by_function": _by_function(functions, right)},
            "held_back": {
                name: _row(model, sets[name], said[name])
                for name in sets
                if name != CHECK and (sets[name].labels != NOT_IMPLIED).any()
            },
        },
    }


def of_labelled(model: Any, pairs: Pairs, unseen: Array, rows: Sequence[int]) -> dict[str, Any]:
    """Figures of labelled pairs that neither judge has seen.

    Args:
        model: gives what the ``judges`` say.
        pairs: all labelled ones.
        unseen: [n, k], of the stack, out of fold, by the rule of ``same_words``.
        rows: places of pairs that the net was not trained on.
    """
    kept = taken(pairs, rows)
    parts = [
        [part.numpy() for part in model.judges(*texts)]
        for texts in _texts(kept.first, kept.second, range(len(rows)))
    ]
    _, net, lexical = (np.concatenate(each) for each in zip(*parts, strict=True))
    same = np.concatenate(
        [model.same_words(*each) for each in _texts(kept.first, kept.second, range(len(rows)))]
    )
    share = model.gate().share(lexical)[:, None]
    alone = same_words.probabilities(tf.nn.softmax(net).numpy(), same)
    mixed = share * unseen[list(rows)] + (1.0 - share) * alone
    return {
        "of_a_fifth_that_neither_judge_has_seen": {
            "pairs": len(rows),
            "share_of_the_stack": shown(share.mean()),
            **{
                f"macro_f1_of_{name}": figures(kept.labels, p, ENTAILMENT_LABELS)["macro_f1"]
                for name, p in (
                    ("both", mixed),
                    ("the_stack", unseen[list(rows)]),
                    ("the_net", alone),
                )
            },
        }
    }


def _texts(
    first: Sequence[str], second: Sequence[str], order: Sequence[int]
) -> Iterator[tuple[Any, Any]]:
    for start in range(0, len(order), _BATCH):
        rows = order[start : start + _BATCH]
        yield tf.constant([first[row] for row in rows]), tf.constant([second[row] for row in rows])


def probabilities(model: Any, first: Sequence[str], second: Sequence[str]) -> Array:
    """[n, k] of pairs of texts, those of like length together."""
    order = sorted(range(len(first)), key=lambda row: len(first[row]) + len(second[row]))
    p = np.zeros((len(order), len(ENTAILMENT_LABELS)))
    said = [tf.nn.softmax(model.pair_log_odds(*each)) for each in _texts(first, second, order)]
    p[order] = np.concatenate(said)
    return p


def _thresholds(sets: Mapping[str, Pairs], said: Mapping[str, Array]) -> dict[str, float]:
    """Of the two flags, where all sets together, as often as they have pairs, are told best."""
    labels = np.concatenate([pairs.labels for pairs in sets.values()])
    p = np.concatenate(list(said.values()))
    known = labels != NOT_IMPLIED
    return {
        ENTAILMENT_LABELS[index]: best_threshold(
            labels[known] == index, p[known, index], average="binary"
        )
        for index in (_CONTRADICTORY, _IMPLIES)
    }


def _full(labels: Array, p: Array) -> dict[str, Any]:
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


def _row(model: Any, pairs: Pairs, p: Array) -> dict[str, Any]:
    """One line of the table; of sets that lack a label, what says something of them."""
    linked = probabilities(
        model,
        [f"{text} https://t.co/a{row}" for row, text in enumerate(pairs.first)],
        [f"{text} https://t.co/b{row}" for row, text in enumerate(pairs.second)],
    )
    known = pairs.labels != NOT_IMPLIED
    labels, p, linked = pairs.labels[known], p[known], linked[known]
    both = len(np.unique(labels == _CONTRADICTORY)) == 2
    return {
        "pairs": len(labels),
        "macro_f1": _macro_f1(labels, p),
        "macro_f1_with_links": _macro_f1(labels, linked),
        "accuracy": shown((p.argmax(axis=1) == labels).mean()),
        "auroc_of_Contradictory": figures(labels == _CONTRADICTORY, p[:, _CONTRADICTORY])["roc_auc"]
        if both
        else "none are",
        "share_called_Contradictory": shown((p.argmax(axis=1) == _CONTRADICTORY).mean()),
    }


def _macro_f1(labels: Array, p: Array) -> float:
    """Over the labels that the set has."""
    from sklearn.metrics import f1_score

    given = f1_score(labels, p.argmax(axis=1), labels=np.unique(labels), average="macro")
    return shown(given)


def _by_function(functions: Sequence[str], right: Array) -> dict[str, float]:
    names = np.array(functions)
    return {name: round(float(right[names == name].mean()), 2) for name in dict.fromkeys(functions)}
