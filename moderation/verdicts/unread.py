"""Texts that a record has not, and that are read from its pictures."""

from __future__ import annotations

from collections.abc import Mapping

from moderation.images.types import DecodedImage, ImageOutcome
from moderation.ocr.reader import NAME
from moderation.ocr.types import Ending, Reading
from moderation.records.items import Item
from moderation.verdicts.judgement import Failure
from schemas.codes import Code, Stage
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS

_UNREADABLE = Reading(Ending.FAILED)


def images_to_read(item: Item) -> Mapping[str, str]:
    """Image fields whose pictures are to be read, each with the text field that it fills."""
    if len(item.texts) == len(TEXT_FIELDS[item.kind]):
        return {}
    pairs = zip(IMAGE_FIELDS[item.kind], TEXT_FIELDS[item.kind], strict=True)
    return {image: text for image, text in pairs if text not in item.texts}


def reading_of(outcome: ImageOutcome) -> Reading:
    """What was read of a picture; a reader that broke has read nothing."""
    found = outcome.made.get(NAME) if isinstance(outcome, DecodedImage) else None
    return found if isinstance(found, Reading) else _UNREADABLE


def nothing_to_judge(readings: Mapping[str, Reading]) -> Failure | None:
    """Why an item that a model knows by its texts alone has none."""
    for field, reading in readings.items():
        if not reading.text:
            return Failure(
                Stage.INFER,
                Code.MISSING_MODALITY,
                f"no {field} could be read from the picture ({reading.ending.value}), and the "
                "model looks at no picture",
            )
    return None
