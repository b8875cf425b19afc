"""Samples that tests evaluate: made up from seeds, with ties where figures mind them."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from moderation.evaluation.figures.sample import Sample, make_sample

NAMES = ("apple", "birch", "cedar", "daisy")


def scored(
    items: int, labels: int, *, seed: int = 0, signal: float = 1.0, levels: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Truth ``[items]`` and probabilities ``[items, labels]``; ``levels`` rounds them into ties."""
    random = np.random.default_rng(seed)
    truth = random.integers(labels, size=items)
    logits = random.normal(size=(items, labels))
    logits[np.arange(items), truth] += signal
    if levels is not None:
        logits = np.round(logits * levels) / levels
    p = np.exp(logits)
    return truth, p / p.sum(axis=1, keepdims=True)


@st.composite
def samples(draw: Any, *, multi_label: bool | None = None) -> Sample:
    """Any small sample: two to four labels, many ties, labels that do not occur."""
    labels = draw(st.integers(2, 4))
    items = draw(st.integers(1, 40))
    several = draw(st.booleans()) if multi_label is None else multi_label
    steps = st.lists(st.integers(0, 4), min_size=labels, max_size=labels)
    raw = np.array(draw(st.lists(steps, min_size=items, max_size=items)), dtype=np.float64)
    if several:
        flags = st.lists(st.integers(0, 1), min_size=labels, max_size=labels)
        truth = np.array(draw(st.lists(flags, min_size=items, max_size=items)))
        return make_sample(truth, raw / 4, NAMES[:labels], multi_label=True)
    sums = raw.sum(axis=1, keepdims=True)
    p = np.where(sums > 0, raw / np.where(sums > 0, sums, 1.0), 1.0 / labels)
    places = draw(st.lists(st.integers(0, labels - 1), min_size=items, max_size=items))
    return make_sample(places, p, NAMES[:labels])
