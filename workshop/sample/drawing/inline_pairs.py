"""The sample's Parquet file: tweet pairs whose pictures are bytes in the rows."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_EVENING = datetime.datetime(2024, 9, 14, 18, 0, tzinfo=datetime.timezone.utc)

_PAIRS: tuple[tuple[str, str | None, str, str | None, str], ...] = (
    (
        "62% of residents want a park where the old car park is. Only 15% want to keep it.",
        "park_poll.png",
        "Most residents want to keep the old car park.",
        "park_poll.png",
        "Contradictory",
    ),
    (
        "CUP FINAL: Hillside Blues 3, Mill Reds 0. What a team!",
        "scoreboard_blues.png",
        "Mill Reds lost the cup final.",
        "scoreboard_blues.png",
        "Implies",
    ),
    (
        "Town run on 22 September, 5 km or 10 km. Who is in? #townrun",
        "poster_run.jpg",
        "Does anybody know why its leaves hang like that?",
        "plant.jpg",
        "NoEntailment",
    ),
    (
        "The post office on Station Road closes at noon today.",
        None,
        "New shoes, old knees. Town run, here we come!",
        "poster_run.jpg",
        "NoEntailment",
    ),
)
"""First text and picture, second text and picture, label. None: a tweet without a picture."""


def write_pairs(path: Path, pictures: Mapping[str, bytes]) -> None:
    """Write the pairs with 64-bit integer ids, binary images and a timestamp beside them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = []
    for index, (text_1, image_1, text_2, image_2, label) in enumerate(_PAIRS):
        rows.append(
            {
                "id_1": 1834900000000000101 + 10 * index,
                "text_1": text_1,
                "image_1": pictures[image_1] if image_1 else None,
                "id_2": 1834900000000000102 + 10 * index,
                "text_2": text_2,
                "image_2": pictures[image_2] if image_2 else None,
                "label": label,
                "created_at": _EVENING + datetime.timedelta(hours=index),
                "lang": "en",
                "source": "evening",
            }
        )
    schema = pa.schema(
        [
            ("id_1", pa.int64()),
            ("text_1", pa.string()),
            ("image_1", pa.binary()),
            ("id_2", pa.int64()),
            ("text_2", pa.string()),
            ("image_2", pa.binary()),
            ("label", pa.string()),
            ("created_at", pa.timestamp("ms", tz="UTC")),
            ("lang", pa.string()),
            ("source", pa.string()),
        ]
    )
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, compression="snappy")
