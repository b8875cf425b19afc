"""A picture as a small blurred one: enough to tell items apart, too little to see what it shows.

People decide whether they want to see a picture; until then they see its colours. What is written
and who is on it cannot be made out, nor brought back: a file of so few pixels does not have it.
"""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGER_SIDE_PX = 72
_FEW_PX = 10
"""Of the longer side: what is left of the picture. It is drawn large again, softly."""
_BLUR_PX = 4
_QUALITY = 50


def thumbnail(pixels: NDArray[np.uint8], *, width: int, height: int) -> str:
    """The picture as a ``data:`` URI of a WebP, some hundred bytes long.

    Args:
        pixels: uint8 ``[height, width, 3]``, RGB, of any size and shape.
        width: of the picture as people see it, which ``pixels`` may have been pressed out of.
        height: likewise.
    """
    from PIL import Image, ImageFilter

    longer = max(width, height, 1)
    few, shown = (_size(width, height, longer, most) for most in (_FEW_PX, LONGER_SIDE_PX))
    little = Image.fromarray(pixels).resize(few, Image.Resampling.BOX)
    soft = little.resize(shown, Image.Resampling.BICUBIC)
    soft = soft.filter(ImageFilter.GaussianBlur(_BLUR_PX))
    sink = io.BytesIO()
    soft.save(sink, "WEBP", quality=_QUALITY, method=4)
    return "data:image/webp;base64," + base64.b64encode(sink.getvalue()).decode()


def _size(width: int, height: int, longer: int, most: int) -> tuple[int, int]:
    return max(1, round(most * width / longer)), max(1, round(most * height / longer))
