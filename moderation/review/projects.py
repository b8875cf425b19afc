"""How a label tool is set up for the tasks of a review queue: its questions and their answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import quoteattr

from moderation.option_error import OptionError, option
from moderation.review.tasks import FOLDER, ReviewFormat, coop_item_type, data_keys
from schemas.card import Card, TaskSpec
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind

_NONE_OF_THEM = '    <Choice value="none of these" alias="[]"/>'
"""Where any number of labels may hold, a tick is an answer and no tick is none."""


class ReviewFormatError(OptionError, ValueError):
    """A model whose questions cannot be put in a label tool; the message says why."""


def check_names(card: Card, form: ReviewFormat) -> None:
    """Raise ``ReviewFormatError`` where a question is called as a part of its item."""
    for task in card.tasks:
        if form is not ReviewFormat.OURS and task.name in data_keys(task.kind):
            raise ReviewFormatError(
                f"{option('review_format')} {form.value}: the model has a task {task.name!r}, and "
                "the data of its items a key of that name: an answer could not be told from it"
            )


def project_files(card: Card, form: ReviewFormat) -> Iterator[tuple[str, bytes]]:
    """Names and contents of what a project is set up with.

    Of Label Studio a labelling interface a kind; of doccano the labels of each question, which
    is a project there; of Coop the fields of each kind's item type.
    """
    if form is ReviewFormat.LABEL_STUDIO:
        for kind in Kind:
            if tasks := [task for task in card.tasks if task.kind is kind]:
                yield f"{FOLDER}/{kind.value}.label_config.xml", _config(kind, tasks).encode()
    elif form is ReviewFormat.DOCCANO:
        for task in card.tasks:
            labels = [{"text": label} for label in task.labels]
            name = f"{FOLDER}/{task.kind.value}.{task.name}.labels.json"
            yield name, json.dumps(labels, indent=2).encode() + b"\n"
    elif form is ReviewFormat.COOP:
        for kind in dict.fromkeys(task.kind for task in card.tasks):
            told = json.dumps(coop_item_type(kind), indent=2).encode() + b"\n"
            yield f"{FOLDER}/{kind.value}.item_type.json", told


def _config(kind: Kind, tasks: Iterable[TaskSpec]) -> str:
    texts, images = TEXT_FIELDS[kind], IMAGE_FIELDS[kind]
    lines = ["<View>"]
    for text, image in zip(texts, images, strict=True):
        lines += [
            f'  <Text name="shown_{text}" value="${text}"/>',
            f'  <Image name="shown_{image}" value="${image}"/>',
        ]
    for task in tasks:
        choice = "multiple" if task.multi_label else "single"
        lines += [
            f'  <Choices name={quoteattr(task.name)} toName="shown_{texts[0]}" choice="{choice}" '
            'required="true">',
            *(f"    <Choice value={quoteattr(label)}/>" for label in task.labels),
            *([_NONE_OF_THEM] if task.multi_label else []),
            "  </Choices>",
        ]
    return "\n".join([*lines, "</View>"]) + "\n"
