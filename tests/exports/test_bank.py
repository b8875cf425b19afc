"""A bank of known pictures out of decisions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from moderation.audit.tally_transforms import TALLY
from moderation.exports.bank import ENTRIES, BankEntries
from moderation.hashes.entries import Entry
from moderation.hashes.read_bank import read_bank
from moderation.storage.packing import Pack
from schemas.hashes import Algorithm

PDQ = "0f" * 32


def meme(item_id: str, label: str, **more: Any) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "kind": "meme",
        "label": label,
        "label_source": "reviewed",
        "task": "hateful",
        "model_labels": ["not_hateful", "hateful"],
        "hashes": (("img", PDQ, 80),),
        "row": {"text": f"says {item_id}"},
        **more,
    }


def entries(labels: set[str], *rows: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    step = BankEntries(frozenset(labels))
    step.start_bundle()
    given = [*step.process((0, Pack.of(rows))), *step.finish_bundle()]
    values = [(each.tag, getattr(each.value, "value", each.value)) for each in given]
    [tally] = [value for tag, value in values if tag == TALLY]
    return [value for tag, value in values if tag == ENTRIES], tally.of("bank")


def test_pictures_that_people_gave_a_label_are_entries_that_a_run_can_read(tmp_path: Path) -> None:
    made, counts = entries({"1"}, meme("a", "1"), meme("b", "0"))
    assert counts == {"entries": 1}
    (tmp_path / "bank.jsonl").write_text("\n".join(map(json.dumps, made)))
    assert list(read_bank(str(tmp_path / "bank.jsonl"))) == [
        ("line 1", Entry("a", ((Algorithm.PDQ, bytes.fromhex(PDQ)),), ("1",), 80, "says a"))
    ]


@pytest.mark.parametrize("label", ["hateful", "Hateful", "yes", "1"])
def test_a_label_is_named_as_reviewers_name_it(label: str) -> None:
    made, counts = entries({label}, meme("a", "1"), meme("b", "0"))
    assert ([each["id"] for each in made], counts) == (["a"], {"entries": 1})


def test_a_label_that_nothing_has_makes_no_entry() -> None:
    assert entries({"nosuch"}, meme("a", "1"), meme("b", "0")) == ([], {})


def test_a_models_word_makes_no_entry() -> None:
    assert entries({"1"}, meme("a", "1", label_source="pseudo")) == ([], {})


def test_each_picture_of_a_pair_is_an_entry_with_its_own_text() -> None:
    pair = {
        **meme("1:2", "Contradictory"),
        "kind": "tweet_pair",
        "task": "entailment",
        "model_labels": ["Contradictory", "Implies", "NoEntailment"],
        "hashes": (("image_1", PDQ, 80), ("image_2", "f0" * 32, None)),
        "row": {"text_1": "one", "text_2": "two"},
    }
    made, _ = entries({"Contradictory"}, pair)
    assert [(each["id"], each["text"]) for each in made] == [
        ("1:2:image_1", "one"),
        ("1:2:image_2", "two"),
    ]


def test_pictures_without_a_hash_are_counted() -> None:
    made, counts = entries({"1"}, meme("a", "1", hashes=(("img", None, None),)), meme("b", "1"))
    assert [each["id"] for each in made] == ["b"]
    assert counts == {"entries": 1, "without_hash": 1}


def test_of_several_labels_an_item_one_is_enough() -> None:
    names = {"model_labels": ["hate", "spam"], "task": "topics"}
    rows = meme("a", '["hate","spam"]', **names), meme("b", '["hate"]', **names)
    made, _ = entries({"spam"}, *rows)
    assert [(each["id"], each["tags"]) for each in made] == [("a", ["hate", "spam"])]
