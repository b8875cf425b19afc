"""What an exported bundle says of an item does not depend on the items beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from moderation.models.batch_dependence import APART, apart
from moderation.training import export
from moderation.training.network import raw_inputs
from tests.training import batches, tiny
from tests.training.building import Built

ROWS = 9
CHANGES: dict[str, dict[str, Any]] = {
    **{preset: {} for preset in tiny.PRESETS},
    "starter": {"text__uri": "starter:", "text__trainable": False},
    "subwords": {"text__uri": "subwords:"},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_every_signature_says_the_same_of_an_item_alone_and_in_company(
    name: str, built: Built, served: Callable[..., Any]
) -> None:
    preset = name if name in tiny.PRESETS else "hateful_memes_concat"
    network = built(preset, **CHANGES[name])
    given = batches.raw(network.recipe, rows=ROWS + 1, presence=[1, 0] * (ROWS // 2 + 1))
    for raw in raw_inputs(network.recipe):
        if raw.source == "text":
            longer = [*given[raw.name].numpy()[:ROWS], b"the cat met a dog " * 20]
            given[raw.name] = tf.constant(longer)
    signature = served(preset, **CHANGES[name])

    def score(places: Sequence[int]) -> NDArray[np.float32]:
        rows = {key: tf.gather(value, places) for key, value in given.items()}
        (found,) = signature(**rows).values()
        if export.output_name(network) == export.LOGITS:
            found = tf.sigmoid(found)
        return np.asarray(found)

    assert apart(score, range(ROWS), stranger=ROWS).max() <= APART
