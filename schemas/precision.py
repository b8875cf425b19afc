"""In which precision a model computed, and why in that one."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict


class Precision(str, Enum):
    """What a model's products and convolutions are computed in."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    """Mixed: where TensorFlow deems it safe, bfloat16 on processors, float16 on GPUs."""


class PrecisionFacts(BaseModel):
    """The precision of a run, which is one for all its items."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    used: Precision
    asked: str
    """``auto``, ``float32`` or ``bfloat16``."""
    why: str
    """As a sentence's end, as in "asked for"."""
    rows: int = 0
    """Of the run's first rows, scored both ways to decide; 0: nothing was measured."""
    time_ratio: float | None = None
    """Time of bfloat16 beside float32 (of the processor; with GPUs by the clock), median of
    rounds; of several kinds the worst."""
    largest_difference: float | None = None
    """Between both ways, of a probability."""


def model_identity(fingerprint: str, precision: Precision | None) -> str:
    """Tells models apart that may score otherwise; None: from before there was a choice."""
    if precision is None or precision is Precision.FLOAT32:
        return fingerprint
    return f"{fingerprint}+{precision.value}"
