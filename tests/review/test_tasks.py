from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from moderation.review.projects import ReviewFormatError, check_names, project_files
from moderation.review.tasks import ReviewFormat, coop_item_type, data_keys, layouts, task_of
from schemas.card import Card, InputSpec, TaskSpec
from schemas.records import Kind
from schemas.review_tasks import CoopItem, DoccanoExample, LabelStudioTask

ENTRY: dict[str, Any] = {
    "item_id": "3:4",
    "kind": "tweet_pair",
    "content_key": "c",
    "run_id": "r",
    "copies": 2,
    "reasons": ["is_contradiction"],
    "probabilities": {"entailment.Implies": 0.5},
    "texts": {"text_1": "rain <b>", "text_2": ""},
    "images": [{"field": "image_1", "reference": "a.jpg"}, {"field": "image_2", "reference": None}],
}


def card(*tasks: tuple[str, tuple[str, ...], str]) -> Card:
    text = InputSpec(name="text", source="text", fields=("text",))
    return Card(
        name="m",
        version="1",
        description="",
        licence="",
        tasks=tuple(
            TaskSpec(
                name=name,
                kind=Kind.MEME,
                inputs=(text,),
                output="p",
                labels=labels,
                activation=activation,  # type: ignore[arg-type]
            )
            for name, labels, activation in tasks
        ),
    )


def test_a_task_has_the_item_and_nothing_of_the_models() -> None:
    task = task_of(ENTRY, ReviewFormat.LABEL_STUDIO)
    LabelStudioTask.model_validate(task)
    assert task == {
        "data": {
            "item_id": "3:4",
            "kind": "tweet_pair",
            "content_key": "c",
            "run_id": "r",
            "copies": 2,
            "text_1": "rain <b>",
            "text_2": "",
            "image_1": "a.jpg",
            "image_2": "",
        }
    }
    assert task["data"].keys() == data_keys(Kind.TWEET_PAIR)


def test_an_example_of_doccano_is_never_without_words() -> None:
    example = task_of(ENTRY, ReviewFormat.DOCCANO)
    DoccanoExample.model_validate(example)
    assert example["text"] == "rain <b>"
    bare = task_of({**ENTRY, "texts": {"text_1": " "}}, ReviewFormat.DOCCANO)
    assert bare["text"] == "(no text)"
    assert not example.keys() & {"id", "label", "Comments", "filename", "meta", "data"}


def test_the_interface_asks_each_question_with_the_models_labels() -> None:
    model = card(
        ("hateful", ("no & not", 'so "it" is'), "softmax"), ("how", ("a", "b", "c"), "sigmoid")
    )
    [(name, data)] = project_files(model, ReviewFormat.LABEL_STUDIO)
    root = ET.fromstring(data)
    assert name == "review_tasks/meme.label_config.xml"
    shown = {each.get("value") for tag in ("Text", "Image") for each in root.iter(tag)}
    assert {each[1:] for each in shown if each} <= data_keys(Kind.MEME)
    one, several = root.iter("Choices")
    assert [each.get("value") for each in one] == ["no & not", 'so "it" is']
    assert (one.get("name"), one.get("choice"), several.get("choice")) == (
        "hateful",
        "single",
        "multiple",
    )
    assert several[-1].get("alias") == "[]"


def test_a_question_named_like_a_part_of_its_item_is_refused() -> None:
    model = card(("text", ("a", "b"), "softmax"))
    with pytest.raises(ReviewFormatError, match="a key of that name"):
        check_names(model, ReviewFormat.DOCCANO)
    check_names(model, ReviewFormat.OURS)


def test_the_queue_of_ours_alone_has_no_further_table() -> None:
    assert layouts(ReviewFormat.OURS) == ()
    assert [each.table for each in layouts(ReviewFormat.DOCCANO)] == [
        "review_tasks/tweet_pair",
        "review_tasks/meme",
    ]
    assert list(project_files(card(("t", ("a", "b"), "none")), ReviewFormat.OURS)) == []


def test_an_item_for_coop_has_its_types_fields_and_no_picture_that_cannot_be_fetched() -> None:
    images = [
        {"field": "image_1", "reference": "https://pictures.example/a.jpg"},
        {"field": "image_2", "reference": "b.jpg"},
    ]
    item = CoopItem.model_validate(task_of({**ENTRY, "images": images}, ReviewFormat.COOP))
    assert item.model_dump() == {
        "id": "3:4",
        "typeId": "tweet_pair",
        "data": {
            "text_1": "rain <b>",
            "text_2": "",
            "image_1": "https://pictures.example/a.jpg",
            "content_key": "c",
            "run_id": "r",
            "copies": 2,
        },
    }
    fields = {each["name"]: each for each in coop_item_type(Kind.TWEET_PAIR)["fields"]}
    assert item.data.keys() <= fields.keys()
    needed = {name for name, each in fields.items() if each["required"]}
    assert needed <= item.data.keys()
    assert {each["type"] for each in fields.values()} == {"STRING", "IMAGE", "ID", "NUMBER"}


def test_coop_is_told_the_type_of_each_kind_that_the_model_judges() -> None:
    model = card(("hateful", ("no", "yes"), "none"), ("topic", ("a", "b"), "none"))
    [(name, data)] = project_files(model, ReviewFormat.COOP)
    assert name == "review_tasks/meme.item_type.json"
    assert json.loads(data) == coop_item_type(Kind.MEME)
