"""All figures of p(hateful) of a finished model, with the line and threshold they hold for."""

from __future__ import annotations

from random import Random
from typing import Any

from workshop.starter import measure_hate, measure_posts, meme_sentences
from workshop.starter.data import Sets

_FIRST = "first tweets of the entailment pairs, none seen by the hate heads"


def measured(
    model: Any, sets: Sets, *, seed: int
) -> tuple[measure_hate.HatefulHead, dict[str, Any]]:
    """Fits line and threshold on validation parts and held-back sentences, then measures."""
    hate = sets.hate
    emoji = hate.heads[0].validation
    own = meme_sentences.draw(len(emoji.texts), Random(seed), held_back=True)
    fitted = emoji + own + meme_sentences.checked()[1]
    head = measure_hate.calibrate(model, fitted, ordinary=hate.ordinary.validation)
    figures = {
        **measure_hate.measure(model, hate.heads, own=own, head=head),
        **measure_posts.robustness(model, head, validation=emoji),
        "calibration": measure_posts.base_rates(head, float(fitted.labels.mean())),
    }
    flagged = measure_posts.ordinary_posts(model, head, hate, others={_FIRST: sets.pairs.first})
    return head, {"hateful": figures, "share_of_ordinary_posts_flagged_hateful": flagged}
