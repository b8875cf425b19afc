"""What the audit shows of flagged items and of the queue, and what moved their scores."""

from __future__ import annotations

import base64
import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from moderation.audit.shown_items import Candidate, Facts, Group, Looked, Question
from moderation.audit.tally import Tally
from moderation.images.options import DoorOptions
from moderation.models.bundle import Bundle, open_bundle
from moderation.verdicts.shown.look import LookAtShown, Looking
from schemas.images import ImageReport, ImageStatus
from schemas.policy import Decision
from schemas.records import Kind
from schemas.shown_items import ShownBy
from tests.models.fakes import export_both_kinds
from tests.pipelines.scoring import Finished, Score, memes, write_jsonl

HOSTILE = "<script>alert(1)</script>\u202e"


def night(pictures: Path) -> str:
    """Ten memes from dark to bright, three of them twice; one has its picture within it."""
    rows: list[Any] = memes(10)
    inline = base64.b64encode((pictures / "9.png").read_bytes()).decode()
    rows[9] = {**rows[9], "img": f"data:image/png;base64,{inline}"}
    rows[8] = {**rows[8], "text": f"ask @ann {HOSTILE}"}
    return write_jsonl(pictures / "memes.jsonl", [*rows, rows[0], rows[8], rows[9]])


def shown(run: Finished) -> dict[str, Any]:
    told: dict[str, Any] = run.json("audit.json")["shown_items"]
    return told


def test_items_are_shown_with_what_moved_them_and_no_other_text_is(
    score: Score, pictures: Path
) -> None:
    source = night(pictures)
    run = score("--input", source, run_id="whole")
    told = shown(run)
    by = {(group["by"], group["of"]): group["scores"] for group in told["groups"]}
    items = {item["content_key"]: item for item in told["items"]}
    highest = by["highest", "is_hateful"]
    assert [items[each["content_key"]]["item_id"] for each in highest] == ["9", "8", "7"]
    assert [items[each["content_key"]]["copies"] for each in highest] == [2, 2, 1]
    for each in highest:
        assert each["why"]["without_image"] == 0
        assert each["why"]["without_text"] == pytest.approx(each["probability"], abs=1e-6)
        assert each["why"]["moved_most"] == "image"
        [image] = items[each["content_key"]]["images"]
        assert image["thumbnail"].startswith("data:image/webp;base64,")
    audit, page = (run.path / "audit.json").read_text(), (run.path / "audit.html").read_text()
    known = {str(item["item_id"]) for item in told["items"]}
    for row in run.verdicts:
        text = f'"meme {row["item_id"]}"'
        assert (text in audit) == (row["item_id"] in known - {"8"})
    assert "<script" not in page
    assert "\u202e" not in page + audit
    assert page.count("data:image/webp") == told["pictures"] == len(items)
    sliced = score("--input", source, "--slice_rows", "4", run_id="sliced")
    assert shown(sliced) == told


def test_who_wants_none_of_it_gets_none_and_names_go_out(score: Score, pictures: Path) -> None:
    flags = ["--no_why", "--no_thumbnails", "--redact"]
    run = score("--input", night(pictures), *flags, "--max_missing_image_ratio", "0.5")
    told = shown(run)
    assert (told["asked"], told["pictures"], told["redacted"]) == (0, 0, True)
    assert all(score["why"] is None for group in told["groups"] for score in group["scores"])
    assert all(i["thumbnail"] is None for item in told["items"] for i in item["images"])
    both = (run.path / "audit.json").read_text() + (run.path / "audit.html").read_text()
    assert "ann" not in both.replace("channel", "").replace("plann", "")
    assert "ask [mention]" in both
    assert run.json("manifest.json")["options"]["redact"] is True


# --- looking once more ----------------------------------------------------------------------------


def candidate(picture: Path, *, sha256: str | None = None) -> Candidate:
    """A meme that was judged with a picture."""
    sha256 = sha256 or hashlib.sha256(picture.read_bytes()).hexdigest()
    image = ImageReport(field="img", reference="p", status=ImageStatus.OK, sha256=sha256)
    facts = Facts(
        kind=Kind.MEME,
        decision=Decision.FLAG,
        reasons=("is_hateful",),
        probabilities={"hateful.hateful": 0.5},
        texts={"text": "words"},
        characters={"text": 5},
        text_source=None,
        images=(image,),
        pictures=(("img", "p", str(picture), None),),
    )
    question = Question("hateful.hateful", 0.5)
    return Candidate(-0.5, "k", 1, ("a.jsonl", 1, "1"), question, facts)


def looked(bundle: Bundle, one: Candidate) -> Looked:
    tally = Tally()
    tally.shown.add(Group(ShownBy.HIGHEST, "is_hateful", 6), [one])
    step: Any = LookAtShown(Looking(bundle, DoorOptions(decoders="threads"), batch_size=8))
    [found] = [tally] | step
    assert isinstance(found, Looked)
    return found


def test_a_picture_that_is_gone_or_exchanged_says_so_and_the_model_is_not_asked(
    model: str, pictures: Path
) -> None:
    bundle = open_bundle(model)
    there = looked(bundle, candidate(pictures / "5.png"))
    assert there.answers["k"].probabilities["whole"]["hateful.hateful"] == pytest.approx(125 / 255)
    exchanged = candidate(pictures / "6.png")
    Image.new("RGB", (40, 30), (9, 9, 9)).save(pictures / "6.png")
    gone = candidate(pictures / "7.png")
    (pictures / "7.png").unlink()
    for one, why in ((exchanged, "another picture is there now"), (gone, "not_found")):
        found = looked(bundle, one)
        assert why in found.lost["k", "img"]
        assert (found.thumbnails, found.answers["k"].probabilities) == ({}, {})
        assert "cannot be had again" in found.answers["k"].notes["whole"]


def test_what_fails_there_is_told_and_fails_nothing(tmp_path: Path, pictures: Path) -> None:
    bundle = open_bundle(export_both_kinds(tmp_path / "gone"))
    shutil.rmtree(tmp_path / "gone")
    found = looked(bundle, candidate(pictures / "5.png"))
    assert str(found.failure).startswith("ModelError: ")
    assert found.answers == {}
    assert set(found.thumbnails) == {("k", "img")}
