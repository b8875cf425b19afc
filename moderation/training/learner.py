"""What of a network every epoch computes, and what is computed once because it rests.

An encoder that never learns says the same of an example in every epoch, and so does what makes
tokens of texts. That is done before the first one and kept, and what learns is trained on it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from moderation.training.network import Network, image_fields

_MOST_KEPT_BYTES = 512 * 2**20
_LONGEST = 128
"""Of an axis that a batch decides."""


@dataclass(frozen=True)
class Learner:
    """A network's ``model`` behind what rests, and ``prepare`` with what rests in it."""

    prepare: Any
    """Raw inputs, batched, to what ``model`` takes."""
    model: Any
    """``keras.Model`` of the network's own layers: inputs by name → logits."""
    features: Any
    """Inputs of ``model`` → those of the network's ``combine``."""
    keeps: bool
    """Whether an example is prepared once for all epochs."""


def learner_of(network: Network, *, rows: int) -> Learner:
    """Parts the network where nothing before can learn.

    Args:
        network: freshly built; its encoders are free to learn as its recipe says.
        rows: examples that would be kept; too many for memory, and nothing is.
    """
    everything = _Encode(network, text=True, images=True)
    whole = Learner(network.prepare, network.model, everything, keeps=False)
    resting = _Resting.of(network)
    if resting is None:
        return whole
    model = _behind(network, resting)
    bytes_each = sum(_bytes(each) for each in model.input.values())
    if rows * bytes_each > _MOST_KEPT_BYTES:
        return whole
    encode = _Encode(network, text=resting.text, images=resting.images)
    rest = _Encode(network, text=not resting.text, images=not resting.images)
    return Learner(lambda raw: encode(network.prepare(raw)), model, rest, keeps=True)


@dataclass(frozen=True, slots=True)
class _Resting:
    """Which of the encoders never learn."""

    text: bool
    images: bool

    @classmethod
    def of(cls, network: Network) -> _Resting | None:
        """None where pixels would be kept, which are larger than what that saves."""
        factors, recipe = network.factors, network.recipe
        if factors is None:
            return None
        text = factors.encode_text is not None and not factors.encode_text.trainable_variables
        images = factors.encode_image is not None and not (
            factors.encode_image.trainable_variables or recipe.training.augment_images
        )
        return cls(text, images) if images or not image_fields(recipe) else None


class _Encode:
    """Model inputs → features of some of the encoders, the other inputs as they are."""

    def __init__(self, network: Network, *, text: bool, images: bool) -> None:
        factors = network.factors
        self._text: Any = factors.encode_text if factors and text else None
        self._image: Any = factors.encode_image if factors and images else None
        self._images = tuple(image_fields(network.recipe)) if self._image else ()

    def __call__(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Batched tensors by name; graph operations only."""
        found = dict(inputs)
        if self._text is not None:
            tokens = {name: found.pop(name) for name in self._text.input}
            found |= self._text(tokens, training=False)
        for name in self._images:
            found[name] = self._image(found[name], training=False)
        return found


def _behind(network: Network, resting: _Resting) -> Any:
    factors = network.factors
    assert factors is not None  # parted where there are some
    tokens: dict[str, Any] = {}
    if factors.encode_text is not None and not resting.text:
        tokens = {name: _like(each, name) for name, each in factors.encode_text.input.items()}
    learnt = factors.encode_text(dict(tokens)) if tokens else {}
    given = {
        name: _like(each, name)
        for name, each in factors.combine.input.items()
        if name not in learnt
    }
    return keras.Model({**tokens, **given}, factors.combine({**learnt, **given}), name="learner")


def _like(tensor: Any, name: str) -> Any:
    return keras.Input(tensor.shape[1:], dtype=tensor.dtype, name=name)


def _bytes(tensor: Any) -> int:
    """Of one example."""
    numbers = math.prod(side or _LONGEST for side in tensor.shape[1:])
    return int(numbers * np.dtype("float32").itemsize)
