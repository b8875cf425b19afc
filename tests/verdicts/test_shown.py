"""Which items are shown, and with how much less of them the model is asked again."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from moderation.audit.tally import Tally
from moderation.images.types import ImageRef
from moderation.models.types import ModelItem
from moderation.records.items import Record
from moderation.verdicts.decide import Judge
from moderation.verdicts.judgement import picture_at
from moderation.verdicts.shown.choose import places_of
from moderation.verdicts.shown.less import Less, Taking, ways
from schemas.card import Card
from schemas.images import ImageReport, ImageStatus
from schemas.policy import Policy
from schemas.records import Kind
from schemas.shown_items import ShownBy
from tests.models.fakes import both_kinds_card, meme, pair
from tests.verdicts.test_join import fanned, judged, record, tally_of


def shown(scores: dict[str, float], *, order: int = 0, bundles: int = 1) -> Tally:
    """What some bundles tally of memes by content key and score, in some order."""
    keys = list(scores)
    random.Random(order).shuffle(keys)
    total = Tally()
    for part in range(bundles):
        some = keys[part::bundles]
        rows = [(key, record(keys.index(key) + 1)) for key in some]
        _, fan_out = fanned([judged(key, scores[key]) for key in some], rows)
        total.merge(tally_of(fan_out))
    return total


def key(number: int) -> str:
    return f"{number:031x}f"


FLAGGED = {key(n): 0.7 + n / 100 for n in range(20)}
IN_BAND = {key(100 + n): 0.31 + n / 50 for n in range(14)}
CLEAR = {key(200 + n): n / 100 for n in range(20)}


def test_the_highest_and_the_nearest_are_shown_and_no_item_that_is_neither() -> None:
    found = shown({**FLAGGED, **IN_BAND, **CLEAR}).shown
    by = {group.by: [each.content_key for each in some] for group, some in found.groups.items()}
    assert by[ShownBy.HIGHEST] == [key(n) for n in (19, 18, 17, 16, 15, 14)]
    nearest = sorted(IN_BAND, key=lambda each: (abs(IN_BAND[each] - 0.5), each))[:6]
    assert by[ShownBy.NEAREST] == nearest
    assert set(by) == {ShownBy.HIGHEST, ShownBy.NEAREST}


@pytest.mark.parametrize(("order", "bundles"), [(1, 1), (2, 3), (3, 50)])
def test_the_same_items_are_shown_whatever_their_order_and_bundles(
    order: int, bundles: int
) -> None:
    scores = {**FLAGGED, **IN_BAND, **CLEAR}

    def told(tally: Tally) -> dict[Any, list[Any]]:
        return {
            group: [(each.rank, each.content_key) for each in some]
            for group, some in tally.shown.groups.items()
        }

    assert told(shown(scores, order=order, bundles=bundles)) == told(shown(scores))


def test_rows_of_one_item_in_two_slices_are_its_copies() -> None:
    total = Tally()
    for rows, counted in (([4, 2], False), ([1, 9, 8], True)):
        item = judged(key(1), 0.9, counted=counted)
        _, fan_out = fanned([item], [(key(1), record(row)) for row in rows])
        total.merge(tally_of(fan_out))
    [candidate] = total.shown.items().values()
    assert (candidate.copies, candidate.first) == (5, ("a.jsonl", 1, "1"))


def test_of_a_very_long_text_the_beginning_is_kept_and_the_model_is_not_asked_of_it() -> None:
    row: Record = record(1)._replace(body='{"id":1,"img":null,"text":"' + "ü" * 100_000 + '"}')
    _, fan_out = fanned([judged(key(1), 0.9)], [(key(1), row)])
    [candidate] = tally_of(fan_out).shown.items().values()
    assert candidate.facts.characters == {"text": 100_000}
    assert len(candidate.facts.texts["text"].encode()) == 16_384
    assert not candidate.facts.is_whole


def test_where_a_picture_is_had_travels_with_its_item_and_is_not_stored() -> None:
    image = ImageReport(field="img", reference="a", status=ImageStatus.OK, sha256="0")
    ref = ImageRef("img", "a", "https://host.example/a?signature=x", None)
    plain = judged(key(1), 0.9)
    here = replace(plain, images=(image,)).at([ref])
    assert here.pictures == (picture_at(ref),)
    assert type(here).unpack(here.pack()).pictures == here.pictures
    assert b"signature" not in here.stored()
    assert plain.at([ref]).pictures == ()


TAKING = Taking.of(Card.model_validate(both_kinds_card()), Kind.TWEET_PAIR)


def asked(item: ModelItem, taking: Taking = TAKING) -> dict[Less, Any]:
    return dict(ways(item, taking))


def test_a_pair_is_asked_about_without_each_and_by_halves() -> None:
    whole = pair(texts=("one", "two"))
    found = asked(whole)
    assert set(found) == set(Less)
    assert found[Less.NOTHING_GONE] is whole
    assert found[Less.WITHOUT_IMAGE].images == {}
    assert found[Less.WITHOUT_IMAGE].texts == whole.texts
    assert found[Less.WITHOUT_TEXT].texts == {"text_1": "", "text_2": ""}
    assert found[Less.FIRST_ALONE].texts == {"text_1": "one", "text_2": ""}
    assert set(found[Less.FIRST_ALONE].images) == {"image_1"}
    assert set(found[Less.SECOND_ALONE].images) == {"image_2"}


def test_what_has_no_meaning_is_not_asked_and_says_why() -> None:
    found = asked(pair(greys=(None, None), texts=("one", " ")))
    assert found[Less.WITHOUT_IMAGE] == "the model was shown no picture"
    assert found[Less.FIRST_ALONE] == "the second half is empty"
    assert found[Less.SECOND_ALONE].texts == {"text_1": "", "text_2": " "}
    assert set(asked(meme(text=""))) == {Less.NOTHING_GONE, Less.WITHOUT_IMAGE, Less.WITHOUT_TEXT}
    assert asked(meme(text=""))[Less.WITHOUT_TEXT] == "the item has no text"


def test_a_model_that_needs_its_picture_is_asked_without_text_alone() -> None:
    card = both_kinds_card()
    for task in card["tasks"]:
        task["missing_images"] = "dead_letter"
    taking = Taking.of(Card.model_validate(card), Kind.TWEET_PAIR)
    found = asked(pair(), taking)
    assert found[Less.WITHOUT_IMAGE] == "this model cannot be asked without its picture"
    assert "needs both" in found[Less.FIRST_ALONE]
    assert isinstance(found[Less.WITHOUT_TEXT], ModelItem)


def test_many_flags_share_the_room() -> None:
    flags = {f"is_{n}": {"task": "hateful", "label": "hateful"} for n in range(60)}
    policy = Policy.model_validate({"version": "t", "flags": flags})
    deciding = Judge(policy, Card.model_validate(both_kinds_card()))
    item = judged(key(1), 0.9)
    outcome = deciding.decide(Kind.MEME, item.probabilities, content_key=key(1))
    places = list(places_of(deciding, item, outcome))
    assert len(outcome.reasons) == 60
    assert [(place.group.of, place.group.most) for place in places] == [
        (f"is_{n}", 1) for n in range(24)
    ]
