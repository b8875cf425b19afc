"""The review queue as tasks that label tools import: an item's words and pictures, and its id.

What the model thinks of an item is in no task, for nobody is to be led by it. No key of a task's
data bears the name of a control, so that no export can pass one for the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from moderation.storage.shards import TableLayout
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind

FOLDER = "review_tasks"
_ABOUT = ("item_id", "kind", "content_key", "run_id", "copies")
_NO_TEXT = "(no text)"
"""Where a tool takes no empty one."""
_FETCHED = ("http://", "https://")


class ReviewFormat(str, Enum):
    """Whose tasks the queue is written as, beside our own."""

    OURS = "ours"
    LABEL_STUDIO = "label_studio"
    DOCCANO = "doccano"
    COOP = "coop"


_ARRAYS = (ReviewFormat.LABEL_STUDIO, ReviewFormat.COOP)
"""Whose tasks are elements of one array a file."""


def layout_of(form: ReviewFormat, kind: Kind) -> TableLayout:
    """The table of one kind's tasks: a project asks one kind's questions."""
    return TableLayout(f"{FOLDER}/{kind.value}", array=form in _ARRAYS)


def layouts(form: ReviewFormat) -> tuple[TableLayout, ...]:
    """Those of all kinds; none where the queue is ours alone."""
    return () if form is ReviewFormat.OURS else tuple(layout_of(form, kind) for kind in Kind)


def _coop_item(
    about: Mapping[str, Any], texts: Mapping[str, str], images: Mapping[str, str]
) -> dict[str, Any]:
    """Coop takes no image that is not a URL."""
    urls = {name: each for name, each in images.items() if each.startswith(_FETCHED)}
    more = {name: about[name] for name in ("content_key", "run_id", "copies")}
    return {
        "id": about["item_id"],
        "typeId": about["kind"],
        "data": {**texts, **urls, **more},
    }


def coop_item_type(kind: Kind) -> dict[str, Any]:
    """What Coop is told of the items of a kind: its name, and its fields as Coop describes them."""
    types = {
        **dict.fromkeys(TEXT_FIELDS[kind], "STRING"),
        **dict.fromkeys(IMAGE_FIELDS[kind], "IMAGE"),
        "content_key": "ID",
        "run_id": "ID",
        "copies": "NUMBER",
    }
    fields = [
        {"name": name, "type": of, "required": of != "IMAGE", "container": None}
        for name, of in types.items()
    ]
    return {"name": kind.value, "kind": "CONTENT", "fields": fields}


def data_keys(kind: Kind) -> frozenset[str]:
    """All keys of the data of a task."""
    return frozenset({*_ABOUT, *TEXT_FIELDS[kind], *IMAGE_FIELDS[kind]})


def task_of(entry: Mapping[str, Any], form: ReviewFormat) -> dict[str, Any]:
    """An entry of the review queue as a tool's task.

    Args:
        entry: as ``schemas.verdicts.ReviewEntry`` has it, as plain values.
        form: whose task.
    """
    about = {name: entry[name] for name in _ABOUT}
    kind = Kind(entry["kind"])
    texts = {name: entry["texts"].get(name) or "" for name in TEXT_FIELDS[kind]}
    references = {image["field"]: image["reference"] or "" for image in entry["images"]}
    images = {name: references.get(name, "") for name in IMAGE_FIELDS[kind]}
    if form is ReviewFormat.LABEL_STUDIO:
        return {"data": {**about, **texts, **images}}
    if form is ReviewFormat.COOP:
        return _coop_item(about, texts, images)
    words = "\n\n".join(text for text in texts.values() if text.strip()) or _NO_TEXT
    return {"text": words, **about, **images}
