"""Imported for what it loads: what opens a bundle, with TensorFlow, and nothing done with it."""

from __future__ import annotations

from moderation.models.runtime import import_tensorflow, load_tensorflow

load_tensorflow()
import_tensorflow()

from moderation.training import open_bundle  # noqa: E402

__all__ = ["open_bundle"]
