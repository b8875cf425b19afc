"""Pictures are looked up before the model: by a real door, in a real bank."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from moderation.hashes.bank import hash_bank
from moderation.hashes.look_up import LookUp
from moderation.hashes.pdq import pdq
from moderation.images.door import DoorOptions, ImageDoor
from moderation.images.types import ImageRef, Target
from moderation.records.items import Item
from moderation.verdicts.item_images import MeetImages, ReadyItem, WantedImages
from moderation.verdicts.judgement import Judgement, Origin
from moderation.verdicts.known import KNOWN, UNKNOWN
from moderation.verdicts.known_pictures import PartKnown, PictureRule
from moderation.verdicts.picture_look_up import PictureHashes
from schemas.hashes import MatchedAs
from schemas.images import ImageStatus
from schemas.policy import HashBankRule
from schemas.records import Kind
from tests.hashes.test_pdq import picture

DOOR = DoorOptions(decoders="threads")
SHOWN = {"img": Target(8, 8)}


@pytest.fixture(scope="module", autouse=True)
def _indexes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Indexes of banks lie below the folder for temporary files: here one of the test's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temporary")))
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures, and a bank that knows the first of them and the last one's bytes."""
    place = tmp_path_factory.mktemp("pictures")
    whole = Image.fromarray(picture(600, 800))
    whole.save(place / "known.jpg", quality=60)
    ImageOps.mirror(whole).save(place / "mirror.jpg")
    ImageOps.expand(whole, 50, "white").save(place / "framed.png")
    Image.fromarray(picture(600, 800, seed=9)).save(place / "other.png")
    Image.fromarray(picture(300, 300, seed=5)).save(place / "file.gif")
    md5 = hashlib.md5((place / "file.gif").read_bytes()).hexdigest()
    known = {"id": "k", "pdq": pdq(np.asarray(whole)).hex, "text": "what the bank's says"}
    lines = [known, {"id": "f", "md5": md5}]
    (place / "bank.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return place


def hashes(folder: Path, rule: HashBankRule | None = None, *, write: bool = False) -> PictureHashes:
    bank = hash_bank("known", [(str(folder / "bank.jsonl"), None)])
    return PictureHashes(LookUp(((bank, rule or HashBankRule()),), md5=True), write)


def item(folder: Path, name: str) -> Item:
    ref = ImageRef("img", name, str(folder / name), str(folder))
    return Item(f"{name:_<32}".encode().hex()[:32], Kind.MEME, {"text": name}, (ref,))


def met(folder: Path, names: list[str], wanted: WantedImages) -> dict[str, Any]:
    """By name what becomes of an item before the model."""
    items = [item(folder, name) for name in names]
    with ImageDoor(DOOR) as door:
        asked = {key: door.submit(*request) for key, request in wanted.requests(items).items()}
        outcomes = {key: future.result() for key, future in asked.items()}
    step = MeetImages(wanted, batch_size=3)
    step.start_bundle()
    given = [*step.process((items, outcomes)), *step.finish_bundle()]
    lists = [getattr(each, "value", each) for each in given]
    lists = [getattr(each, "value", each) for each in lists]
    by_key = {each.content_key: each for some in lists for each in some}
    return {name: by_key[each.content_key] for name, each in zip(names, items, strict=True)}


ALL = ["known.jpg", "mirror.jpg", "framed.png", "other.png", "file.gif"]
FOUND = {
    "known.jpg": ("k", MatchedAs.PICTURE),
    "mirror.jpg": ("k", MatchedAs.MIRROR),
    "framed.png": ("k", MatchedAs.WITHOUT_BORDERS),
    "file.gif": ("f", MatchedAs.BYTES),
}


def test_pictures_are_found_as_what_they_are(folder: Path) -> None:
    ready = met(folder, ALL, WantedImages(SHOWN, frozenset(), hashes=hashes(folder)))
    assert all(isinstance(each, ReadyItem) for each in ready.values())
    assert {
        name: (match.entry, match.matched_as)
        for name, each in ready.items()
        for match in each.matches
    } == FOUND
    assert ready["known.jpg"].matches[0].text == "what the bank's says"
    assert ready["known.jpg"].reports[0].pdq is None


def test_a_bank_that_blocks_spares_the_model(folder: Path) -> None:
    rule = HashBankRule(action="flag", block=True)
    given = hashes(folder, rule)
    ready = met(folder, ALL, WantedImages(SHOWN, frozenset(), hashes=given))
    assert [name for name, each in ready.items() if isinstance(each, ReadyItem)] == ["other.png"]
    blocked = ready["known.jpg"]
    assert isinstance(blocked, Judgement)
    assert (blocked.probabilities, blocked.modalities, blocked.failure) == ({}, (), None)
    assert blocked.looked_up == given.signature
    assert Judgement.unpack(blocked.pack()) == blocked
    assert Judgement.of_stored(blocked.content_key, blocked.stored()) == blocked


def test_a_picture_that_the_model_does_not_look_at_is_looked_up_all_the_same(folder: Path) -> None:
    [ready] = met(
        folder, ["known.jpg"], WantedImages({}, frozenset(), hashes=hashes(folder))
    ).values()
    assert ready.images == {}
    assert [match.entry for match in ready.matches] == ["k"]
    assert ready.reports[0].status is ImageStatus.UNUSED
    assert ready.reports[0].sha256


def test_without_banks_nothing_more_is_asked_of_the_door(folder: Path) -> None:
    items = [item(folder, "known.jpg")]
    assert [target for _, target in WantedImages(SHOWN, frozenset()).requests(items).values()] == [
        SHOWN["img"]
    ]
    writing = WantedImages(SHOWN, frozenset(), hashes=PictureHashes(write=True))
    assert WantedImages({}, frozenset(), hashes=PictureHashes(write=True)).requests(items) == {}
    [ready] = met(folder, ["known.jpg"], writing).values()
    assert ready.matches == ()
    assert ready.reports[0].pdq == pdq(np.asarray(Image.open(folder / "known.jpg"))).hex
    assert ready.reports[0].pdq_quality == 100


# --- what earlier runs judged ---------------------------------------------------------------------


def earlier(folder: Path, given: PictureHashes, name: str = "known.jpg") -> tuple[Item, Judgement]:
    """An item as another run, with banks of its own, judged it."""
    ready = met(folder, [name], WantedImages(SHOWN, frozenset(), hashes=given))[name]
    if isinstance(ready, ReadyItem):
        ready = Judgement(
            content_key=ready.content_key,
            kind=ready.kind,
            modalities=("text", "img"),
            images=ready.reports,
            scored_at="2026-01-01T00:00:00.000+00:00",
            probabilities={"hateful": (0.9, 0.1)},
            looked_up=given.signature,
            matches=ready.matches,
        )
    made = Judgement.unpack((*ready.pack()[:-2], ("run-1", "/runs/1"), False))
    assert made.origin == Origin("run-1", "/runs/1")
    return item(folder, name), made


def carried(
    folder: Path, known: tuple[Item, Judgement], given: PictureHashes, rule: PictureRule
) -> Iterator[Judgement | None]:
    """What this run takes of it; None: the model is asked."""
    step = PartKnown(rule, str(folder / "parked"), DOOR, given)
    step.setup()
    step.start_bundle()
    for tagged in [*step.process([known]), *step.finish_bundle()]:
        value = getattr(tagged.value, "value", tagged.value)
        if tagged.tag == UNKNOWN:
            yield None
        if tagged.tag == KNOWN:
            yield from (Judgement.unpack(packed) for _, packed in value)


def test_what_other_banks_were_asked_is_looked_up_again_and_its_scores_are_kept(
    folder: Path,
) -> None:
    known = earlier(folder, PictureHashes())
    given = hashes(folder, write=True)
    [now] = carried(folder, known, given, PictureRule.TRUST)
    assert now is not None
    assert now.probabilities == known[1].probabilities
    assert [match.entry for match in now.matches] == ["k"]
    assert now.looked_up == given.signature
    assert now.images[0].pdq is not None
    assert now.reused


def test_what_the_same_banks_were_asked_is_as_it_was(folder: Path) -> None:
    given = hashes(folder)
    known = earlier(folder, given)
    for rule in (PictureRule.CHECK, PictureRule.TRUST):
        [now] = carried(folder, known, given, rule)
        assert now == known[1]


def test_banks_that_this_run_has_not_know_nothing_in_it(folder: Path) -> None:
    [now] = carried(folder, earlier(folder, hashes(folder)), PictureHashes(), PictureRule.TRUST)
    assert now is not None
    assert (now.matches, now.looked_up) == ((), "")


def test_what_a_bank_spared_the_model_is_judged_where_none_does_now(folder: Path) -> None:
    block = hashes(folder, HashBankRule(block=True))
    known = earlier(folder, block)
    assert known[1].probabilities == {}
    [same] = carried(folder, known, block, PictureRule.CHECK)
    assert same == known[1]
    for given in (PictureHashes(), hashes(folder), hashes(folder, HashBankRule(max_distance=3))):
        assert [*carried(folder, known, given, PictureRule.CHECK)] == [None]


def test_another_picture_behind_the_reference_is_judged_anew(folder: Path, tmp_path: Path) -> None:
    at, judgement = earlier(folder, PictureHashes())
    Image.fromarray(picture(100, 100)).save(stream := io.BytesIO(), "PNG")
    (tmp_path / "known.jpg").write_bytes(stream.getvalue())
    changed = at._replace(images=item(tmp_path, "known.jpg").images)
    found = carried(folder, (changed, judgement), hashes(folder), PictureRule.TRUST)
    assert [*found] == [None]
