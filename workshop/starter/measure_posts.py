"""Where p(hateful) goes wrong: by function, under noise, on ordinary posts, by group named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import numpy as np

from workshop.starter import meme_sentences, spelling
from workshop.starter.data import HateSets, Texts
from workshop.starter.figures import figures, shown
from workshop.starter.measure_hate import HatefulHead, logits

Array = np.ndarray[Any, Any]

_A_FUNCTION = 50
_SEED = 11
_BASE_RATES = (0.3, 0.1, 0.03, 0.01)
_SPELT_SO = {"blanks_and_letters": spelling.blanks_and_letters, "spelling": spelling.disturb}


def robustness(model: Any, head: HatefulHead, *, validation: Texts) -> dict[str, Any]:
    """Held-back forms by function, and the check and ``validation`` spelt with noise."""
    random = Random(_SEED)
    functions, texts = each_function(random)
    found: dict[str, Any] = {
        "held_back_forms_by_function": accuracies(model, head, functions, texts)
    }
    sources = {"check": meme_sentences.checked()[1], "hatemoji_build/validation": validation}
    found["with_noise"] = {
        f"{name}, {way}": _two(model, head, _spelt(rows, way, random))
        for name, rows in sources.items()
        for way in _SPELT_SO
    }
    return found


def each_function(random: Random) -> tuple[tuple[str, ...], Texts]:
    """Sentences of held-back forms, as many of each function and label that has one."""
    drawn = []
    for name in meme_sentences.functions():
        for label in (0, 1):
            if meme_sentences.is_able(name, label, held_back=True):
                drawn += [
                    (name, label, meme_sentences.draw_function(name, label, random, held_back=True))
                    for _ in range(_A_FUNCTION)
                ]
    labels = np.array([label for _, label, _ in drawn], np.int32)
    return tuple(name for name, _, _ in drawn), Texts(tuple(text for _, _, text in drawn), labels)


def accuracies(
    model: Any, head: HatefulHead, functions: Sequence[str], texts: Texts
) -> dict[str, float]:
    """By function, the share that is flagged, or not, as it should be."""
    right = _flags(model, head, texts.texts) == (texts.labels == 1)
    names = np.array(functions)
    return {name: shown(right[names == name].mean()) for name in dict.fromkeys(functions)}


def ordinary_posts(
    model: Any, head: HatefulHead, hate: HateSets, *, others: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Of posts that nobody should flag, by source, the share that is flagged.

    Args:
        model: the finished one.
        head: its threshold.
        hate: the sets; of what was trained on, only validation and test are looked at.
        others: further sources by name.
    """
    sources: dict[str, Sequence[str]] = {
        "davidson, neither hate nor offensive/validation": hate.ordinary.validation.texts,
        "davidson, neither hate nor offensive/test": hate.ordinary.test.texts,
        **others,
    }
    if hate.posts is not None:
        sources["posts about events/validation"] = hate.posts.validation.texts
        sources["posts about events/test"] = hate.posts.test.texts
    if hate.templates is not None:
        harmless = hate.templates.validation.labels == 0
        texts = np.array(hate.templates.validation.texts, object)[harmless]
        sources["phrases that praise a group/validation"] = texts.tolist()
    for function, rows in meme_sentences.ordinary().items():
        sources[f"own check of ordinary posts, {function}"] = rows
    return {
        name: {"texts": len(texts), "share": shown(_flags(model, head, texts).mean())}
        for name, texts in sources.items()
        if texts
    }


def base_rates(head: HatefulHead, share_positive: float) -> dict[str, Any]:
    """What the calibration holds for, and the threshold that is as strict elsewhere.

    At another base rate b the log-odds of a calibrated p shift by logit(b) - logit(fitted to).
    """
    here, chosen = _logit(share_positive), _logit(head.threshold)
    return {
        "holds_for_a_share_of_hateful_items_of": shown(share_positive),
        "threshold_there": head.threshold,
        "elsewhere": {
            f"{rate:.0%} hateful": {
                "log_odds_shift": shown(_logit(rate) - here),
                "threshold_as_strict": shown(1 / (1 + np.exp(-(chosen + here - _logit(rate))))),
            }
            for rate in _BASE_RATES
        },
    }


def _logit(p: float) -> float:
    return float(np.log(p) - np.log1p(-p))


def _spelt(rows: Texts, way: str, random: Random) -> Texts:
    return Texts(tuple(_SPELT_SO[way](text, random) for text in rows.texts), rows.labels)


def _two(model: Any, head: HatefulHead, rows: Texts) -> dict[str, Any]:
    p = head.probability(logits(model, rows.texts)[:, 0])
    flags = (p >= head.threshold).astype(np.float64)
    return {
        "texts": len(rows.texts),
        "auroc": figures(rows.labels, p)["roc_auc"],
        "accuracy_at_threshold": figures(rows.labels, flags)["accuracy"],
    }


def _flags(model: Any, head: HatefulHead, texts: Sequence[str]) -> Array:
    return np.asarray(head.probability(logits(model, texts)[:, 0]) >= head.threshold)
