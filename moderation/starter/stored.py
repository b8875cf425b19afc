"""The weights of a bundle, as they lie in it: for others to learn from, and to build it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from moderation.starter.encoder import WORD, BertShape, Weights

Array = np.ndarray[Any, Any]

_HEADS, _NORM_EPSILON = 12, 1e-12  # of the MiniLM it was made from; no bundle says them


@dataclass(frozen=True, slots=True)
class Quantised:
    """``values`` int8 times ``scale`` float32 (broadcasts) is the weight."""

    values: Array
    scale: Array


@dataclass(frozen=True, slots=True)
class Stored:
    """Weights as they lie in a bundle, by name."""

    tables: Mapping[str, Quantised]
    """Embeddings: looked up as int8."""
    kernels: Mapping[str, Quantised]
    """int8 in the file, float32 once loaded."""
    rest: Weights
    """float32, and the trees' integers."""


def open_weights(bundle: Path, loaded: Any = None) -> tuple[Stored, BertShape]:
    """What lies in ``bundle``, to the bit.

    Args:
        bundle: its folder.
        loaded: its SavedModel, where somebody has loaded it.

    Raises:
        ValueError: the SavedModel is of another make.
        OSError: there is none.
    """
    import tensorflow as tf

    if loaded is None:
        loaded = tf.saved_model.load(str(bundle))
    try:
        small = {
            name: Quantised(values.numpy(), loaded._scales[name].numpy())
            for name, values in loaded._values.items()
        }
        kernels = {name: small[name] for name in loaded._restored}
        rest = {name: value.numpy() for name, value in loaded._rest.items()}
        layers = (name for name in kernels if name.startswith("layer"))
        depth = sum(name.endswith("/qkv/kernel") for name in layers)
        shape = BertShape(int(small[WORD].values.shape[1]), depth, _HEADS, _NORM_EPSILON)
    except (AttributeError, KeyError) as error:
        raise ValueError(f"the bundle in {bundle} is of another make: {error}") from error
    tables: dict[str, Any] = {name: each for name, each in small.items() if name not in kernels}
    return Stored(tables, kernels, rest), shape
