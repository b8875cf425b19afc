"""The first items of a run, with their pictures, before the run: to try a model on."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import wait
from dataclasses import replace
from tempfile import TemporaryDirectory

from moderation.images.door import DoorOptions, ImageDoor
from moderation.models.types import ModelItem
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.first_rows import rows_of
from moderation.records.items import Item
from moderation.records.validate import Validator
from moderation.storage.input_files import InputFile
from moderation.storage.parking import Parking
from moderation.verdicts.item_images import MeetImages, ReadyItem, WantedImages
from moderation.verdicts.unread import images_to_read
from schemas.card import Card
from schemas.records import Kind

_FILES = 8
_ROWS = 4
"""Times as many rows are looked at as items are wanted, at most."""
_SECONDS = 5.0
"""That pictures may take; what is not there by then is left out."""


def first_items(
    files: Iterable[InputFile],
    validator: Validator,
    card: Card,
    door: DoorOptions,
    *,
    wanted: int,
    rows: int | None,
    max_row_bytes: int,
) -> Mapping[Kind, list[ModelItem]]:
    """Distinct items out of the first rows, ready for the model, by kind.

    Up to eight files take turns. Nothing is written; an item whose pictures cannot be had at once,
    or whose text is to be read from one, is left out.

    Args:
        files: of the run.
        validator: as the run has it, its place for inline pictures aside.
        card: of the model.
        door: how pictures are had.
        wanted: items; with fewer in the rows, none is made ready.
        rows: that the run reads, where it was limited.
        max_row_bytes: of one row.
    """
    with TemporaryDirectory(prefix="first-items-") as folder:
        validator = replace(validator, parking=Parking(folder))
        found: dict[str, Item] = {}
        for item in _items(files, validator, card, max_row_bytes, rows, wanted * _ROWS):
            found.setdefault(item.content_key, item)
            if len(found) == wanted:
                return _ready(found.values(), card, door)
    return {}


def _items(
    files: Iterable[InputFile],
    validator: Validator,
    card: Card,
    max_row_bytes: int,
    *most: int | None,
) -> Iterator[Item]:
    listed = list(files)
    some = listed[:: max(1, len(listed) // _FILES)][:_FILES]
    in_turn = itertools.zip_longest(
        *(rows_of(file, validator.layout, max_row_bytes) for file in some)
    )
    rows = filter(None, itertools.chain.from_iterable(in_turn))
    for row in itertools.islice(rows, min(each for each in most if each is not None)):
        made = validator(row)
        if isinstance(made, DeadLetter) or not card.tasks_for(made[1].kind):
            continue
        if not images_to_read(made[1]):
            yield made[1]


def _ready(
    items: Iterable[Item], card: Card, options: DoorOptions
) -> Mapping[Kind, list[ModelItem]]:
    meets = {
        kind: MeetImages(WantedImages.of(card, kind), 1) for kind in Kind if card.tasks_for(kind)
    }
    ready: dict[Kind, list[ModelItem]] = {}
    with ImageDoor(options) as door:
        asked = [
            (item, {
                name: door.submit(*request)
                for (_, name), request in meets[item.kind].wanted.requests([item]).items()
            })
            for item in items
        ]  # fmt: skip
        wait([each for _, futures in asked for each in futures.values()], timeout=_SECONDS)
        for item, futures in asked:
            if all(each.done() for each in futures.values()):
                outcomes = {name: each.result() for name, each in futures.items()}
                met = meets[item.kind].meet(item, outcomes)
                if isinstance(met, ReadyItem):
                    ready.setdefault(item.kind, []).append(met)
    return ready
