"""What goes wrong while a network is built or trained, told in one sentence with its remedy."""

from __future__ import annotations


class TrainingError(ValueError):
    """A recipe, an encoder or a set of examples cannot be used as asked."""


class CannotBuildError(TrainingError):
    """What was asked for cannot be built: nothing was trained."""
