"""What goes wrong while a network is built or trained, told in one sentence with its remedy."""

from __future__ import annotations

from moderation.option_error import OptionError


class TrainingError(OptionError, ValueError):
    """A recipe, an encoder or a set of examples cannot be used as asked."""


class TrainingWarning(OptionError, UserWarning):
    """What a training goes on with, and somebody should know: logged, never raised."""


class CannotBuildError(TrainingError):
    """What was asked for cannot be built: nothing was trained."""
