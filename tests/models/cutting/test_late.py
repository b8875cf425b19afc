"""A signature is cut once that pays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from moderation.models.calls import Call
from moderation.models.cutting.late import LateCut
from moderation.models.precision import computing, current
from moderation.models.types import ModelItem
from schemas.precision import Precision
from schemas.records import Kind
from tests.models.cutting.towers import (
    SIDE,
    Loaded,
    items,
    values,
)


def alone(count: int) -> list[ModelItem]:
    """Pairs of which nothing comes twice."""
    random = np.random.default_rng(count)
    return [
        ModelItem(
            str(at),
            Kind.TWEET_PAIR,
            {"text_1": f"one {count} {at}", "text_2": f"two {count} {at}"},
            {
                f"image_{side}": random.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
                for side in (1, 2)
            },
        )
        for at in range(count)
    ]


def test_a_signature_is_cut_once_enough_has_come_again(loaded: Loaded) -> None:
    call = loaded.answering(items(6), repeats=12)
    call(alone(20))
    assert not call.called.two_steps
    assert "come again" in call.called.why
    first = alone(3)  # four parts each
    call([*first, *first])  # the same items, asked again
    again = [replace(item, content_key=f"another {item.content_key}") for item in first]
    call(again[:2])
    assert not call.called.two_steps
    before = values(call(again[2:]))
    assert call.called.two_steps
    np.testing.assert_allclose(values(call(again[2:])), before, rtol=0, atol=2e-6)


def test_what_cannot_be_cut_is_tried_once(loaded: Loaded) -> None:
    tried = []

    def whole_again(whole: Call) -> Call:
        tried.append(current())
        return whole

    whole = loaded.answering(items(6)).whole
    call = LateCut(whole, whole_again, repeats=1)
    with computing(Precision.BFLOAT16):
        for _ in range(3):
            call([*items(6), *items(6)])
    assert tried == [Precision.FLOAT32]
    assert call.called == whole.called
