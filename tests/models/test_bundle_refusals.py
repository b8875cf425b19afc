"""What is wrong with a model is said before anything runs."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from moderation.models.bundle import open_bundle
from moderation.models.types import BareOptions, ModelError
from schemas.records import ENTAILMENT_LABELS, Kind
from tests.models import fakes
from tests.models.bundles import LABELS, refusal, with_card


def test_a_card_and_options_are_one_too_many(carded: str) -> None:
    text = refusal(carded, BareOptions(labels=ENTAILMENT_LABELS, output="x", cased=True))
    assert "already says what --labels, --output_name, --cased would" in text
    assert open_bundle(carded, bare=BareOptions(kind=Kind.MEME)) == open_bundle(carded)


def _rename_input(card: dict[str, Any]) -> None:
    card["tasks"][0]["inputs"][0]["name"] = "wordz"


def _retype_image(card: dict[str, Any]) -> None:
    card["tasks"][1]["inputs"][1]["image"]["dtype"] = "float32"


def _resize_image(card: dict[str, Any]) -> None:
    card["tasks"][1]["inputs"][1]["image"]["width"] = 9


def _rename_output(card: dict[str, Any]) -> None:
    card["tasks"][1]["output"] = "logits"


def _add_label(card: dict[str, Any]) -> None:
    card["tasks"][0]["labels"].append("Fourth")


def _rename_signature(card: dict[str, Any]) -> None:
    card["tasks"][0]["signature"] = "serving_default"


def _softmax_of_one(card: dict[str, Any]) -> None:
    card["tasks"][1]["activation"] = "softmax"


def _platt_of_three(card: dict[str, Any]) -> None:
    card["tasks"][0]["calibration"] = {"method": "platt"}


def _a_line_too_few(card: dict[str, Any]) -> None:
    lines = {"slopes": [1.0, 1.0], "intercepts": [0.0, 0.0]}
    card["tasks"][0]["calibration"] = {"method": "platt_per_label", **lines}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_rename_input, ["takes 'words_1' string [n], which the card", "no input 'wordz'"]),
        (_retype_image, ["'pixels' uint8 [n, 8, 8, 3] is fed float32"]),
        (_resize_image, ["'pixels' uint8 [n, 8, 8, 3] is fed [n, 8, 9, 3]"]),
        (_rename_output, ["no output 'logits'; there are scores"]),
        (_add_label, ["does not fit 4 labels"]),
        (_rename_signature, ["no signature 'serving_default'; there are entailment, hateful"]),
        (_softmax_of_one, ["sigmoid is meant"]),
        (_platt_of_three, ["platt calibration is for two labels, not 3"]),
        (_a_line_too_few, ["labels with a sigmoid each", "has 2 lines for 3 labels"]),
    ],
)
def test_a_card_that_its_saved_model_contradicts_is_refused(
    carded: str, tmp_path: Path, change: Callable[[dict[str, Any]], None], told: list[str]
) -> None:
    text = refusal(with_card(carded, tmp_path / "bundle", change))
    for part in told:
        assert part in text


def test_texts_that_cannot_share_the_tokens_equally_are_refused(tmp_path: Path) -> None:
    model = fakes.export_keras_hub_named(tmp_path / "model", tokens=15)
    text = refusal(model, BareOptions(labels=ENTAILMENT_LABELS, text_packing="apart"))
    assert "15 tokens cannot be shared out equally by 2 fields" in text


def _two_sizes(card: dict[str, Any]) -> None:
    other = copy.deepcopy(card["tasks"][1])
    other["name"] = "again"
    other["inputs"][1]["image"]["resample"] = "box"
    card["tasks"].append(other)


def test_one_image_in_two_ways_is_refused(carded: str, tmp_path: Path) -> None:
    text = refusal(with_card(carded, tmp_path / "bundle", _two_sizes))
    assert "two inputs want img of a meme in different ways" in text


def test_a_card_that_breaks_its_own_rules_is_refused_in_few_words(
    carded: str, tmp_path: Path
) -> None:
    def spoil(card: dict[str, Any]) -> None:
        card["tasks"][0]["inputs"][0]["fields"] = ["text"]
        del card["licence"]

    text = refusal(with_card(carded, tmp_path / "bundle", spoil))
    assert "licence: Field required" in text
    assert "a tweet_pair has ['text_1', 'text_2']" in text
    assert "https://" not in text


@pytest.mark.parametrize("content", ["", "[]", "{", "[" * 100_000, '{"schema_version": "99"}'])
def test_a_card_that_is_none_is_refused(carded: str, tmp_path: Path, content: str) -> None:
    model = with_card(carded, tmp_path / "bundle", lambda card: None)
    Path(model, "card.json").write_text(content)
    assert "its card.json is" in refusal(model)


def test_a_path_with_no_model_says_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    assert "nothing is there" in refusal(str(tmp_path / "missing"))
    assert "it has notes.txt" in refusal(str(tmp_path))
    deep = tmp_path / "export" / "1"
    deep.mkdir(parents=True)
    (deep / "saved_model.pb").write_bytes(b"")
    assert f"did you mean {tmp_path}/export/1" in refusal(str(tmp_path))
    assert ".export(DIRECTORY)" in refusal(str(tmp_path / "model.keras"))


def test_a_file_and_an_empty_directory_in_a_models_place_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "model.txt"
    file.write_text("x")
    (tmp_path / "empty").mkdir()
    for path, words in ((file, "it is a file"), (tmp_path / "empty", "the directory is empty")):
        with pytest.raises(ModelError, match=words):
            open_bundle(str(path))


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"not a protobuf at all"])
def test_a_broken_saved_model_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "saved_model.pb").write_bytes(content)
    assert "saved_model.pb" in refusal(str(tmp_path), LABELS)


def test_a_truncated_saved_model_is_told(bare: str, tmp_path: Path) -> None:
    content = Path(bare, "saved_model.pb").read_bytes()
    (tmp_path / "saved_model.pb").write_bytes(content[: len(content) // 2])
    assert "cannot be read" in refusal(str(tmp_path), LABELS)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"one\ntwo\n", "no [PAD], [UNK], [CLS], [SEP]"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"[PAD]\n[UNK]\n[CLS]\n[SEP]\nx\nx\n", "1 tokens are there twice"),
        (None, "cannot be read"),
    ],
)
def test_a_vocabulary_that_is_none_is_refused(
    bare: str, tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "vocab.txt"
    if content is not None:
        path.write_bytes(content)
    text = refusal(bare, BareOptions(labels=ENTAILMENT_LABELS, vocab=str(path)))
    assert told in text
    assert "--vocab" in text
