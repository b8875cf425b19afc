"""Decoding, resizing and tokenising alone, by the job's own door and tokenizer; no model's call."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from clocks import given, slope, tell

from moderation.images.door import DoorOptions, ImageDoor
from moderation.images.references import locate
from moderation.images.types import DecodedImage
from moderation.models.bundle import open_bundle
from moderation.models.loading import load
from moderation.models.types import BareOptions, ModelItem
from moderation.verdicts.item_images import WantedImages
from schemas.records import ENTAILMENT_LABELS, Kind

KIND = Kind.TWEET_PAIR
WAITING = 4
"""Batches whose pictures are asked for ahead."""


def main(job: dict[str, Any]) -> None:
    from as_tensors import read

    bundle = open_bundle(job["model"], bare=BareOptions(labels=tuple(ENTAILMENT_LABELS)))
    call = load(bundle).scorer(KIND).calls[0]
    feeds = getattr(call, "whole", call).feeds
    targets, size = WantedImages.of(bundle.card, KIND).targets, job["batch_size"]

    def work(rows: int) -> None:
        found = read(job["records"], rows)
        with ImageDoor(DoorOptions(cache_max_bytes=0)) as door:
            asked: deque[Any] = deque()
            for at in range(0, rows, size):
                batch = found[at : at + size]
                asked.append((batch, [_submit(door, row, targets) for row in batch]))
                if len(asked) > WAITING:
                    feeds(_items(*asked.popleft()))
            while asked:
                feeds(_items(*asked.popleft()))

    tell(slope(work, few=job["few"], rows=job["rows"]))


def _submit(door: ImageDoor, row: dict[str, str], targets: Any) -> dict[str, Any]:
    return {
        name: door.submit(locate(name, row[name], root="/"), target)
        for name, target in targets.items()
    }


def _items(rows: Sequence[dict[str, str]], images: Sequence[dict[str, Any]]) -> list[ModelItem]:
    return [
        ModelItem(
            str(number),
            KIND,
            {name: row[name] for name in ("text_1", "text_2")},
            {name: _pixels(future.result()) for name, future in shown.items()},
        )
        for number, (row, shown) in enumerate(zip(rows, images, strict=True))
    ]


def _pixels(outcome: Any) -> Any:
    if not isinstance(outcome, DecodedImage):
        raise SystemExit(f"a picture was not decoded: {outcome}")
    return outcome.pixels


if __name__ == "__main__":
    main(given())
