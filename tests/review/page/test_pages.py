"""What the page shows of an item, and what it takes down."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.review.page.pictures import another, board, pictured, served
from tests.review.queues import key_of, meme

TOPICS = {f"topic.{name}": 0.2 for name in ("advert", "satire", "other")}


def lines(folder: Path) -> list[dict[str, Any]]:
    path = folder / "decisions.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_item_is_shown_without_anything_of_the_models(tmp_path: Path) -> None:
    reasons = ["is_hateful", "flag_sample"]
    browser = served(tmp_path, [meme(1, 0.8125, reasons=reasons, copies=3)])
    text = browser.get("/").text
    assert "text 1" in text
    assert "3 equal rows" in text
    for told in ("0.8125", "flag_sample", "is_hateful", "0.31"):
        assert told not in text


def test_markup_and_what_turns_the_line_round_are_text(tmp_path: Path) -> None:
    markup = '<script>alert(1)</script> </p><img src=x onerror="x">'
    hostile = f"{markup} \u202egnp.exe\u2066 \x07 a\u200bb 👩‍💻"
    match = {
        "field": "img", "bank": "b<i>", "entry": "e<i>", "algorithm": "pdq", "distance": 1,
        "matched_as": "mirror", "others": 0, "tags": ["<s>"], "text": hostile,
    }  # fmt: skip
    browser = served(
        tmp_path,
        [meme(1, item_id="<script>", texts={"text": hostile}, hash_matches=[match])],
    )
    browser.post("/reviewer", name="<u>Ada</u>")
    browser.post(f"/item/{key_of(1)}", q0="9", note="</textarea><em>")
    for text in (browser.get("/").text, browser.post(f"/item/{key_of(1)}", q0="9").text):
        for tag in ("<script>", "<img src=x", "<s>", "<i>", "<u>", "<em>"):
            assert tag not in text
        assert not set("\u202e\u2066\x07\u200b") & set(text)
        assert 'title="right-to-left override">U+202E<' in text
        assert "👩‍💻" in text


def test_a_long_text_is_whole_and_folded(tmp_path: Path) -> None:
    text = "".join(f"{n} " for n in range(20_000))
    page = served(tmp_path, [meme(1, texts={"text": text})]).get("/").text
    first, rest = page.split("<summary>The rest of the text</summary>")
    assert "19999" not in first
    assert "19999" in rest


def test_a_picture_is_blurred_until_it_is_asked_for(tmp_path: Path) -> None:
    browser = served(tmp_path, [meme(1, **pictured())])
    assert f"/picture/{key_of(1)}/img?clear=0&amp;grey=0" in browser.get("/").text
    shown = browser.get(f"/item/{key_of(1)}?clear=1").text
    assert f"/picture/{key_of(1)}/img?clear=1&amp;grey=0" in shown

    def pixels(query: str) -> Any:
        answer = browser.get(f"/picture/{key_of(1)}/img{query}")
        assert answer.mimetype == "image/jpeg"
        return np.asarray(Image.open(io.BytesIO(answer.data)).convert("RGB"), dtype=float)

    blurred, clear = pixels(""), pixels("?clear=1")
    assert blurred.shape == clear.shape == board().shape
    assert np.abs(clear - board()).mean() < 40
    assert clear[..., 0].std() > 80
    assert blurred[..., 0].std() < 15
    grey = pixels("?clear=1&grey=1")
    assert np.abs(grey[..., 0] - grey[..., 2]).max() == 0
    assert clear[..., 0].mean() - clear[..., 2].mean() > 80


def test_grey_stays_until_it_is_taken_away(tmp_path: Path) -> None:
    browser = served(tmp_path, [meme(1, **pictured())])
    assert browser.post("/grey", item=key_of(1)).headers["Location"] == f"/item/{key_of(1)}"
    assert "img?clear=0&amp;grey=1" in browser.get("/").text
    browser.post("/grey", item=key_of(1))
    assert "img?clear=0&amp;grey=0" in browser.get("/").text


def test_a_picture_that_is_gone_says_so_and_why(tmp_path: Path) -> None:
    browser = served(tmp_path, [meme(1, **pictured())], gone="no <such> file (not_found)")
    assert (
        "The picture cannot be shown: <bdi>no &lt;such&gt; file (not_found)"
        in browser.get("/").text
    )
    drawn = browser.get(f"/picture/{key_of(1)}/img?clear=1")
    assert drawn.mimetype == "image/svg+xml"
    assert "no &lt;such&gt; file" in drawn.text


def test_answers_skips_and_undo_by_plain_forms(tmp_path: Path) -> None:
    browser = served(tmp_path, [meme(n, 0.5 + n / 100) for n in range(3)])
    assert browser.post(f"/item/{key_of(0)}", q0="1", note=" seen\r\ntwice ").status_code == 303
    assert "1 decided, 2 left" in browser.get("/").text
    browser.post(f"/item/{key_of(1)}", action="skip", q0="1")
    back = browser.post("/undo").headers["Location"]
    assert back == f"/item/{key_of(1)}?back=1"
    back = browser.post("/undo").headers["Location"]
    page = browser.get(back).text
    assert "Taken back" in page
    assert "seen\ntwice" in page
    said = [(line["entry"], line["item_id"], line["note"]) for line in lines(tmp_path)]
    assert said == [
        ("decided", "0", "seen\ntwice"), ("skipped", "1", None),
        ("withdrawn", "1", None), ("withdrawn", "0", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"q0": "2"},
        {"q0": "-1"},
        {"q0": "²"},
        {"q0": ["0", "1"]},
        {"q0": "1", "note": "x" * 2001},
    ],
)
def test_an_answer_that_is_none_is_told_and_the_note_is_not_lost(
    tmp_path: Path, form: dict[str, Any]
) -> None:
    browser = served(tmp_path, [meme(1)])
    answer = browser.post(f"/item/{key_of(1)}", **{"note": "long thought", **form})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert form.get("note", "long thought") in answer.text
    assert lines(tmp_path) == []


def test_any_number_of_labels_and_none_of_them_are_answers(tmp_path: Path) -> None:
    several = {"probabilities": TOPICS, "multi_label": ["topic"]}
    browser = served(tmp_path, [meme(n, **several) for n in range(3)])
    browser.post(f"/item/{key_of(0)}", q0=["2", "0"])
    browser.post(f"/item/{key_of(1)}", q0="none")
    assert browser.post(f"/item/{key_of(2)}", q0=["none", "1"]).status_code == 400
    assert browser.post(f"/item/{key_of(2)}").status_code == 400
    assert [line["label"] for line in lines(tmp_path)] == [["other", "advert"], []]


def test_two_questions_are_asked_together(tmp_path: Path) -> None:
    scores = {"hateful.not_hateful": 0.5, "hateful.hateful": 0.5, **TOPICS}
    browser = served(tmp_path, [meme(1, probabilities=scores)])
    assert browser.post(f"/item/{key_of(1)}", q0="1").status_code == 400
    assert browser.post(f"/item/{key_of(1)}", q0="1", q1="2").status_code == 303
    assert [(line["task"], line["label"]) for line in lines(tmp_path)] == [
        ("hateful", "hateful"), ("topic", "other"),
    ]  # fmt: skip


def test_a_second_opinion_looks_like_any_other_item(tmp_path: Path) -> None:
    browser = served(tmp_path, [meme(1)], second_opinions=1.0)
    fresh = browser.get("/").text
    browser.post(f"/item/{key_of(1)}", q0="1", note="mine alone")
    other = another(browser, "Ben")
    assert other.get("/").text == fresh.replace("Ada", "Ben")
    other.post(f"/item/{key_of(1)}", q0="0")
    assert [(line["reviewer"], line["second_opinion"]) for line in lines(tmp_path)] == [
        ("Ada", False), ("Ben", True),
    ]  # fmt: skip
    assert "Nothing left for you" in another(browser, "Cy").get("/").text


def test_what_could_not_be_written_is_told_and_asked_again(tmp_path: Path) -> None:
    browser = served(tmp_path, [meme(1)])
    browser.desk.file.close()
    answer = browser.post(f"/item/{key_of(1)}", q0="1", note="kept")
    assert answer.status_code == 507
    assert "does not count" in answer.text
    assert "kept" in answer.text


@pytest.mark.parametrize("name", ["", "  ", "a\u202eb", "x" * 101, "\x07"])
def test_a_name_that_cannot_be_read_is_none(tmp_path: Path, name: str) -> None:
    browser = served(tmp_path, [meme(1)])
    answer = browser.post("/reviewer", name=name)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
