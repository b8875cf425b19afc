"""What every encoder gives, whichever library it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Tensor = Any
Tokens = dict[str, Tensor]

VECTOR, SEQUENCE, MASK = "vector", "sequence", "mask"
"""Names of a text encoder's features: float ``[batch, dim]``, float ``[batch, length, dim]`` and
bool ``[batch, length]``, False where there is padding."""


@dataclass(frozen=True, slots=True)
class TokenInput:
    """One model input that a packer makes of texts."""

    shape: tuple[int | None, ...]
    """Without the batch."""
    dtype: str


@dataclass(frozen=True)
class TextEncoder:
    """Turns the texts of one item, together, into features."""

    packer: Any
    """Strings, each ``[batch]``, one a text → ``Tokens``; graph operations only."""
    inputs: Mapping[str, TokenInput]
    """What the packer makes."""
    model: Any
    """``keras.Model``: tokens by name → ``{vector[, sequence, mask]}``."""
    weights: tuple[Any, ...]
    """The layers that hold what was pretrained; freezing freezes these."""
    preprocessing: str
    """For the card, one sentence."""
    needs_tensorflow_text: bool
    backbone: Any = None
    """A KerasHub backbone, for networks that attend over more than text; else None."""
    others: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ImageEncoder:
    """Turns one image into features."""

    model: Any
    """``keras.Model``: uint8 ``[batch, height, width, 3]``, RGB → float ``[batch, dim]``, or
    ``[batch, rows × columns, dim]`` where a grid was asked for."""
    weights: tuple[Any, ...]
    """The layers that hold what was pretrained."""
