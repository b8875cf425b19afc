"""The built-in model: a bundle that ships as data, and the script that builds it.

Importing this package costs nothing: TensorFlow is needed only by the modules
that build, and by whoever loads the bundle.
"""

from __future__ import annotations

from pathlib import Path


def bundle_path() -> Path:
    """The directory of the built-in bundle: a SavedModel with ``card.json`` beside it."""
    return Path(__file__).resolve().parent / "bundle"
