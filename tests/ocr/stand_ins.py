"""A reader's process without networks: what it does is told by the first pixels. Imports little."""

from __future__ import annotations

import json
import os
import time


def read(data: bytes, *, width: int) -> tuple[bytes, None]:
    """Red 1 exits, 2 sleeps, 3 raises, 4 finds nothing; else a line that tells the size."""
    what = data[0]
    if what == 1:
        os._exit(7)
    if what == 2:
        time.sleep(60)
    if what == 3:
        raise LookupError("no line")
    height = len(data) // (3 * width)
    corners = [[0, 0], [width, 0], [width, 9], [0, 9]]
    lines = [] if what == 4 else [[f"a picture {width} by {height}", 0.97, corners]]
    return json.dumps(lines).encode(), None
