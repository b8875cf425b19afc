"""The built-in model: a bundle that ships as data, and the modules that its graph is made of.

Importing this package costs nothing: TensorFlow is needed only by those modules, and by whoever
loads the bundle. ``workshop/starter`` builds it.
"""

from __future__ import annotations

from pathlib import Path


def bundle_path() -> Path:
    """The directory of the built-in bundle: a SavedModel with ``card.json`` beside it."""
    return Path(__file__).resolve().parent / "bundle"
