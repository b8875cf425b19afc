"""The step behind a run's sum: items that are shown are looked at once more.

It costs what the shown items cost and no more, whatever the run's size: a picture each, or two, and
up to ``MOST_WAYS`` answers of the model for each. Nothing that fails in it is the run's failure.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
from apache_beam.utils.shared import Shared

from moderation.audit.shown_items import NOTHING_LOOKED_AT, Answers, Candidate, Looked
from moderation.audit.tally import Tally
from moderation.images.door import DoorOptions, ImageDoor
from moderation.images.references.printing import safe_message
from moderation.images.thumbnail import thumbnail
from moderation.models.bundle import Bundle
from moderation.verdicts.shown.ask import answers
from moderation.verdicts.shown.pictures import Pictures, had_again

LOOKED = "looked"
_MESSAGE_CHARS = 300


@dataclass(frozen=True, slots=True)
class Looking:
    """What is looked at, and through what."""

    bundle: Bundle
    door: DoorOptions
    batch_size: int
    why: bool = True
    """Whether the model is asked what moved its scores."""
    thumbnails: bool = True
    """Whether pictures are to be shown."""
    shared_door: Shared = field(default_factory=Shared)
    """Of the steps that had the pictures before."""

    @property
    def anything(self) -> bool:
        """Whether there is anything to do."""
        return self.why or self.thumbnails


@dataclass(eq=False)
class LookAtShown(beam.PTransform):
    """A run's ``Tally`` → what is found of the items in it that are shown: one ``Looked``."""

    looking: Looking

    def expand(self, tally: Any) -> Any:
        """See the class."""
        return tally | beam.ParDo(_Look(self.looking))


@dataclass(eq=False)
class _Look(beam.DoFn):
    looking: Looking

    def process(self, tally: Tally) -> Iterator[Looked]:
        shown = tally.shown.items()
        if not shown:
            yield NOTHING_LOOKED_AT
            return
        found = NOTHING_LOOKED_AT
        try:
            found, pictures = look(shown, self.looking)
            if self.looking.why:
                found = found._replace(answers=ask(shown, pictures, self.looking))
        except Exception as error:  # no verdict hangs on it
            logging.getLogger(__name__).warning("items that are shown: %s", error, exc_info=True)
            first_line = safe_message(str(error).partition("\n")[0])
            found = found._replace(failure=f"{type(error).__name__}: {first_line}"[:_MESSAGE_CHARS])
        yield found


def look(shown: Mapping[str, Candidate], looking: Looking) -> tuple[Looked, Pictures]:
    """Have the pictures again, and make small ones of them."""
    if any(each.facts.pictures for each in shown.values()):
        door = looking.shared_door.acquire(lambda: ImageDoor(looking.door))
        pictures = had_again(shown.values(), looking.bundle.card, door)
    else:
        pictures = Pictures({}, {})
    small = {
        name: thumbnail(image.pixels, width=image.width, height=image.height)
        for name, image in pictures.had.items()
        if looking.thumbnails
    }
    return Looked({}, small, pictures.lost, pictures=len(pictures.had)), pictures


def ask(
    shown: Mapping[str, Candidate], pictures: Pictures, looking: Looking
) -> Mapping[str, Answers]:
    """What moved the items' scores."""
    return answers(shown.values(), pictures, bundle=looking.bundle, batch_size=looking.batch_size)
