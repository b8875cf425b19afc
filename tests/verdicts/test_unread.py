"""Items whose text is read from their picture: judged by both, by the picture alone, or not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic_core import to_json

from moderation.images.types import ImageFailure, ImageOutcome, ImageRef, Target
from moderation.ocr.reader import NAME, ReadText
from moderation.ocr.types import Ending, Reading
from moderation.records.items import Item
from moderation.verdicts.item_images import MeetImages, ReadyItem, WantedImages
from moderation.verdicts.judgement import Judgement
from moderation.verdicts.known_pictures import PictureRule, pictures_to_check
from schemas.codes import Code, Stage
from schemas.images import ImageReport, ImageStatus
from schemas.records import Kind
from tests.verdicts.test_item_images import PIXELS

REF = ImageRef("img", "a.png", "/a.png", "/")
UNREAD = Item("k", Kind.MEME, {}, (REF,))
GIVEN = Item("g", Kind.MEME, {"text": "as it came"}, (REF,))
READ = ReadText()
TEXT = Reading(Ending.READ, "WHEN THE\ncat", 0.97)


def meet(item: Item, outcome: ImageOutcome, *, looks: bool = True) -> Any:
    targets = {"img": Target(2, 2)} if looks else {}
    step = MeetImages(WantedImages(targets, frozenset(), READ), batch_size=2)
    step.start_bundle()
    given = [*step.process(([item], {(item.content_key, "img"): outcome})), *step.finish_bundle()]
    ((found,),) = (getattr(each, "value", each) for each in given)
    return found


def picture(reading: object) -> ImageOutcome:
    return replace(PIXELS, made={NAME: reading})


def test_a_picture_is_to_be_read_only_where_the_record_has_no_text() -> None:
    wanted = WantedImages({"img": Target(2, 2)}, frozenset(), READ)
    asked = wanted.requests([UNREAD, GIVEN])
    assert asked["k", "img"] == (REF, Target(2, 2, further=(READ,)))
    assert asked["g", "img"] == (REF, Target(2, 2))
    by_text = WantedImages({}, frozenset(), READ).requests([UNREAD, GIVEN])
    assert [*by_text] == [("k", "img")], "a model of texts has the picture fetched for its text"


def test_what_was_read_is_judged_and_a_given_text_stays() -> None:
    found = meet(UNREAD, picture(TEXT))
    assert isinstance(found, ReadyItem)
    assert (found.texts["text"], found.reading) == ("WHEN THE\ncat", TEXT)
    given = meet(GIVEN, PIXELS)
    assert (given.texts["text"], given.reading) == ("as it came", None)


@pytest.mark.parametrize("ending", [Ending.EMPTY, Ending.TIMED_OUT, Ending.CRASHED])
def test_without_a_text_the_picture_alone_is_judged_or_nothing_can_be(ending: Ending) -> None:
    found = meet(UNREAD, picture(Reading(ending)))
    assert isinstance(found, ReadyItem)
    assert (found.texts["text"], [*found.images]) == ("", ["img"])
    lost = meet(UNREAD, picture(Reading(ending)), looks=False)
    assert isinstance(lost, Judgement)
    assert lost.failure is not None
    assert (lost.failure.stage, lost.failure.code) == (Stage.INFER, Code.MISSING_MODALITY)
    assert ending.value in lost.failure.message


def test_a_reader_that_broke_is_a_reading_that_failed() -> None:
    found = meet(UNREAD, picture("whatever a broken maker leaves"))
    assert found.reading == Reading(Ending.FAILED)


def test_without_its_picture_an_item_has_neither_and_says_why() -> None:
    lost = meet(UNREAD, ImageFailure(Code.TIMEOUT, "late", 3))
    assert lost.failure is not None
    assert (lost.failure.stage, lost.failure.code) == (Stage.FETCH, Code.TIMEOUT)
    assert lost.reading is None


def judged(reading: Reading | None) -> Judgement:
    report = ImageReport(field="img", reference="a.png", status=ImageStatus.OK, sha256="ab")
    return Judgement(
        "k", Kind.MEME, ("text",), (report,), "now", {"hateful": (0.1, 0.9)}, reading=reading
    )


def test_a_judgement_keeps_its_reading_across_a_shuffle_and_in_a_journal() -> None:
    for reading in (None, TEXT, Reading(Ending.EMPTY)):
        judgement = judged(reading)
        assert Judgement.unpack(judgement.pack()) == judgement
        assert Judgement.of_stored("k", judgement.stored()) == judgement
    sources = [judged(each).text_source for each in (None, TEXT, Reading(Ending.EMPTY))]
    assert to_json(sources) == b'["record","ocr",null]'


def test_a_score_whose_picture_could_not_be_read_is_not_carried_over() -> None:
    def check(ending: Ending) -> object:
        return pictures_to_check(
            UNREAD, judged(Reading(ending)), rule=PictureRule.TRUST, parked="/p"
        )

    assert check(Ending.EMPTY) == []
    assert check(Ending.TIMED_OUT) is None


def test_a_score_without_its_text_is_judged_anew_where_the_text_is_wanted() -> None:
    def check(reading: Reading | None) -> object:
        return pictures_to_check(
            UNREAD, judged(reading), rule=PictureRule.TRUST, parked="/p", keep_text=True
        )

    assert check(Reading(Ending.READ)) is None
    assert [check(each) for each in (TEXT, Reading(Ending.EMPTY), None)] == [[], [], []]
