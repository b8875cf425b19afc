"""What leaves a worker at the end of a bundle."""

from __future__ import annotations

from typing import Any

from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue


def at_end(value: Any) -> WindowedValue:
    """A value as ``finish_bundle`` has to yield it."""
    window = GlobalWindow()
    return WindowedValue(value, window.max_timestamp(), [window])
