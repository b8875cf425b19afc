"""Records of tweet pairs."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

PAIR_COLUMNS = ["id_1", "text_1", "image_1", "id_2", "text_2", "image_2", "label"]


def write_pairs(path: Path, rows: list[list[Any]]) -> str:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([PAIR_COLUMNS, *rows])
    return str(path)
