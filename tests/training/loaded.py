"""Imported for what it loads: what opens a bundle, with TensorFlow, and nothing done with it.

Graphs are run as they lie in the bundle: what they are rewritten to, a scoring run shows.
"""

from __future__ import annotations

from moderation.models.runtime import import_tensorflow, load_tensorflow

load_tensorflow()
import_tensorflow()

from moderation.training import open_bundle  # noqa: E402
from tests.training import rewriting  # noqa: E402

rewriting.turned("off")

__all__ = ["open_bundle"]
