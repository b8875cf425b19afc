"""What a fusion gets: features of the modalities that there are, and which are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import keras


@dataclass(frozen=True)
class Parts:
    """Features of one batch; what the recipe leaves out is absent."""

    text: Any = None
    """float ``[batch, dim]``."""
    sequence: Any = None
    """float ``[batch, length, dim]``, where the encoder gives one."""
    mask: Any = None
    """bool ``[batch, length]``."""
    images: tuple[Any, ...] = field(default=())
    """float ``[batch, dim]`` each, or ``[batch, cells, dim]``."""
    keep_text: Any = None
    """float ``[batch, 1]``: 0 where modality dropout took the text."""
    keep_images: Any = None
    """float ``[batch, images]``: 0 where there is no image, or dropout took it."""

    def kept_text(self) -> Any:
        """The text's vector, zeros where it is not kept."""
        return self.text if self.keep_text is None else scaled(self.text, self.keep_text)

    def kept_images(self) -> list[Any]:
        """Each image's vector, zeros where there is none."""
        return [
            scaled(image, self.keep_images[:, place : place + 1])
            for place, image in enumerate(self.images)
        ]


def scaled(features: Any, keep: Any) -> Any:
    """Features times 0 or 1, in the features' own precision."""
    return features * keras.ops.cast(keep, features.dtype)
