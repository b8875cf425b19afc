"""The reader as a child process runs it: its models are loaded with this module, once a process.

The angle of a line is not asked for (memes stand upright), lines are recognised one at a time in
their own width, and detection works on a smaller picture than recognition: what each of them buys
is measured in docs/decisions/0043-text-from-pictures.md.
"""

from __future__ import annotations

import json
import logging

import cv2
import numpy as np
from rapidocr import RapidOCR

from moderation.ocr.settings import DETECT_PX, LOWEST_SCORE

cv2.setNumThreads(1)  # there is a child for each core
logging.disable(logging.CRITICAL)

_ENGINE = RapidOCR(
    params={
        "Global.log_level": "critical",
        "Global.use_cls": False,
        "Global.text_score": LOWEST_SCORE,
        "Det.limit_type": "max",
        "Det.limit_side_len": DETECT_PX,
        "Rec.rec_batch_num": 1,
        "Rec.rec_img_shape": [3, 48, 48],
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
)
_ENGINE(np.full((64, 64, 3), 255, np.uint8))  # sessions are made at the first call


def read(data: bytes, *, width: int) -> tuple[bytes, None]:
    """Read one picture.

    Args:
        data: its pixels, uint8 ``[height, width, 3]``, RGB.
        width: in pixels.

    Returns:
        A JSON array of lines: text, score and four corners.
    """
    pixels = np.frombuffer(data, np.uint8).reshape(-1, width, 3)
    found = _ENGINE(np.ascontiguousarray(pixels[:, :, ::-1]))
    if not found.txts:  # None, not an empty list
        return b"[]", None
    corners = (np.asarray(box).tolist() for box in found.boxes)
    lines = [*zip(found.txts, map(float, found.scores), corners, strict=True)]
    return json.dumps(lines).encode(), None
