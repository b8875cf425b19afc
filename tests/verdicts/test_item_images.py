"""Items meet their images."""

from __future__ import annotations

from typing import Any

import numpy as np

from moderation.images.types import DecodedImage, ImageFailure, ImageOutcome, ImageRef, Target
from moderation.records.items import Item, RefusedImage
from moderation.starter import bundle_path
from moderation.verdicts.item_images import MeetImages, ReadyItem, WantedImages
from moderation.verdicts.judgement import Judgement
from schemas.card import Card
from schemas.codes import Code, Stage
from schemas.images import ImageStatus
from schemas.records import Kind

REF = ImageRef("image_1", "a.png", "/a.png", "/")
PAIR = Item("k", Kind.TWEET_PAIR, {"text_1": "one", "text_2": "two"}, (REF,))
BOTH = {"image_1": Target(2, 2), "image_2": Target(2, 2)}
PIXELS = DecodedImage(np.zeros((2, 2, 3), np.uint8), "ab", 9, 4, 4, "PNG")


def meet(item: Item, outcomes: dict[str, ImageOutcome], *required: str) -> Any:
    found = {(item.content_key, name): outcome for name, outcome in outcomes.items()}
    ((each,),) = meet_all([item], found, *required)
    return each


def meet_all(
    items: list[Item], outcomes: dict[tuple[str, str], ImageOutcome], *required: str
) -> list[Any]:
    step = MeetImages(WantedImages(BOTH, frozenset(required)), batch_size=2)
    step.start_bundle()
    given = [*step.process((items, outcomes)), *step.finish_bundle()]
    return [getattr(each, "value", each) for each in given]


def failed(found: Any) -> Judgement:
    assert isinstance(found, Judgement)
    return found


def test_an_item_is_ready_with_what_it_has() -> None:
    found = meet(PAIR, {"image_1": PIXELS})
    assert isinstance(found, ReadyItem)
    assert list(found.images) == ["image_1"]
    assert [each.status for each in found.reports] == [ImageStatus.OK, ImageStatus.ABSENT]


def test_only_what_the_model_looks_at_is_asked_for() -> None:
    wanted = WantedImages({"image_2": Target(2, 2)}, frozenset())
    assert wanted.requests([PAIR]) == {}
    asked = WantedImages(BOTH, frozenset()).requests([PAIR])
    assert asked == {("k", "image_1"): (REF, BOTH["image_1"])}


def test_each_of_many_items_meets_its_own_images_and_failures_leave_no_gaps() -> None:
    items = [PAIR._replace(content_key=key) for key in "abcdef"]
    broken = ImageFailure(Code.CORRUPT, "half", 1)
    outcomes: dict[tuple[str, str], ImageOutcome] = {
        (key, "image_1"): broken if key in "be" else PIXELS for key in "abcdef"
    }
    found = meet_all(items, outcomes, "image_1")
    assert [[each.content_key for each in some] for some in found] == [
        ["b", "e"],
        ["a", "c"],
        ["d", "f"],
    ]
    assert all("image_1" in each.images for some in found[1:] for each in some)


def test_an_image_that_the_model_needs_says_which_stage_lost_it() -> None:
    gone = failed(meet(PAIR, {"image_1": ImageFailure(Code.TIMEOUT, "late", 3)}, "image_1"))
    assert gone.failure is not None
    assert (gone.failure.stage, gone.failure.attempts) == (Stage.FETCH, 3)
    assert gone.failure.message == "image_1: late"
    broken = failed(meet(PAIR, {"image_1": ImageFailure(Code.CORRUPT, "half", 1)}, "image_1"))
    assert broken.failure is not None
    assert broken.failure.stage is Stage.DECODE


def test_a_record_without_an_image_fails_where_the_model_needs_one() -> None:
    found = failed(meet(PAIR, {"image_1": PIXELS}, "image_2"))
    assert found.failure is not None
    assert found.failure.code is Code.NO_IMAGE


def test_a_model_of_images_alone_judges_no_item_that_shows_it_nothing() -> None:
    def meet_alone(outcomes: dict[tuple[str, str], ImageOutcome]) -> Any:
        step = MeetImages(WantedImages(BOTH, frozenset(), images_alone=True), batch_size=2)
        step.start_bundle()
        ((each,),) = [
            getattr(each, "value", each)
            for each in (*step.process(([PAIR], outcomes)), *step.finish_bundle())
        ]
        return each

    gone = failed(meet_alone({("k", "image_1"): ImageFailure(Code.NOT_FOUND, "no such file", 1)}))
    assert gone.failure is not None
    assert (gone.failure.code, gone.failure.message) == (Code.NOT_FOUND, "image_1: no such file")
    assert isinstance(meet_alone({("k", "image_1"): PIXELS}), ReadyItem), "one of two is enough"


def test_what_a_model_looks_at_follows_from_its_card() -> None:
    card = Card.model_validate_json((bundle_path() / "card.json").read_bytes())
    assert not WantedImages.of(card, Kind.MEME).images_alone
    tasks = [
        task.model_copy(update={"inputs": [each for each in task.inputs if each.source != "text"]})
        for task in card.tasks
    ]
    blind_to_text = card.model_copy(update={"tasks": tuple(tasks)})
    assert WantedImages.of(blind_to_text, Kind.MEME).images_alone


def test_a_refused_reference_counts_as_an_image_that_failed() -> None:
    refused = RefusedImage("image_1", "../x", Code.OUTSIDE_ROOT, "leads outside")
    item = PAIR._replace(images=(refused,))
    found = meet(item, {})
    assert isinstance(found, ReadyItem)
    assert found.images == {}
    assert found.reports[0].code == "outside_root"
    assert failed(meet(item, {}, "image_1")).images == found.reports
