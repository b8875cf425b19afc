"""Golden items: written into a bundle when it is made, scored before it judges anything."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from moderation.models.types import ItemFailure, ModelError, ModelItem, Scores
from schemas import SCHEMA_VERSION
from schemas.card import Card
from schemas.golden import GOLDEN_FILE, GoldenItem, GoldenItems
from schemas.records import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_TOLERANCE = 0.005
"""Half a percentage point: other processors and library versions stay far below it, a
changed weight that matters goes beyond it."""

_MOST_TOLD = 5


def write_golden(
    directory: Path | str,
    items: Sequence[ModelItem],
    scores: Sequence[Scores],
    *,
    tensorflow: str,
    labels: Mapping[str, Sequence[str]] | None = None,
    tolerance: float = DEFAULT_TOLERANCE,
) -> GoldenItems:
    """Writes ``canary.json`` beside a bundle's card.

    Args:
        directory: of the bundle, local.
        items: a handful, of every kind that the card judges; ``content_key`` is the name that
            messages call an item by. Images uint8 ``[height, width, 3]``, RGB, as the model
            takes them.
        scores: calibrated probabilities of each item, by whatever made the model; from the
            trained network, and not from the exported file, they test the export too.
        tensorflow: the version that computed them.
        labels: of each task, in the order of its probabilities.
        tolerance: how far a probability may lie off, absolute.

    Raises:
        ValueError: an item has fields that its kind has not, a name is there twice, or items
            and scores are not equally many.
    """
    golden = GoldenItems(
        tensorflow=tensorflow,
        tolerance=tolerance,
        labels={task: tuple(names) for task, names in (labels or {}).items()},
        items=tuple(_golden(*pair) for pair in zip(items, scores, strict=True)),
    )
    content = golden.model_dump_json(indent=1) + "\n"
    Path(directory, GOLDEN_FILE).write_text(content, encoding="utf-8")
    return golden


def read_golden(content: bytes, *, card: Card, shown: str) -> GoldenItems:
    """Parses ``canary.json`` and holds it against the card beside it; needs no TensorFlow.

    Raises:
        ModelError: it holds no golden items, or asks what the card does not answer.
    """
    try:
        golden = GoldenItems.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ModelError(
            f"model {shown}: its {GOLDEN_FILE} does not hold: {where}: {first['msg']}"
        ) from error
    if golden.schema_version != SCHEMA_VERSION:
        raise ModelError(
            f"model {shown}: its {GOLDEN_FILE} is of layout {golden.schema_version!r}; this "
            f"release reads {SCHEMA_VERSION!r}"
        )
    for task in card.tasks:
        if golden.labels.get(task.name, task.labels) != task.labels:
            raise ModelError(
                f"model {shown}: its {GOLDEN_FILE} and its card.json differ: the labels of task "
                f"{task.name!r} are {list(golden.labels[task.name])} in the one, "
                f"{list(task.labels)} in the other. Copy the bundle again from where it was made"
            )
    for item in golden.items:
        wanted = {task.name: len(task.labels) for task in card.tasks_for(item.kind)}
        found = {name: len(expected) for name, expected in item.expected.items()}
        if found != wanted:
            raise ModelError(
                f"model {shown}: its {GOLDEN_FILE} and its card.json differ: item {item.name!r} "
                f"expects of tasks so many probabilities: {found}; the card has {wanted}"
            )
    return golden


def check(
    golden: GoldenItems,
    kind: Kind,
    score: Callable[[list[ModelItem]], Sequence[Scores | ItemFailure]],
    *,
    card: Card,
    tensorflow: str,
    allowed: float = 0.0,
) -> None:
    """Has the golden items of one kind scored, and compares.

    Args:
        golden: of the bundle.
        kind: of the items to score.
        score: one result per item, in order.
        card: names the model, its tasks and labels.
        tensorflow: the version here.
        allowed: by how much a probability may be off where the bundle's own tolerance is less.

    Raises:
        ModelError: a probability is off by more than the tolerance. The message says which.
    """
    items = golden.items_of(kind)
    if not items:
        return
    results = score([_item(each, name=card.name) for each in items])
    found = [
        line
        for item, result in zip(items, results, strict=True)
        for line in _differences(item, result, card=card, tolerance=max(golden.tolerance, allowed))
    ]
    if found:
        raise ModelError(_refusal(found, golden=golden, card=card, tensorflow=tensorflow))


def _differences(
    item: GoldenItem, result: Scores | ItemFailure, *, card: Card, tolerance: float
) -> Iterator[str]:
    if isinstance(result, ItemFailure):
        yield f"item {item.name!r}: it fails: {result.code.value}: {result.message}"
        return
    for task in card.tasks_for(item.kind):
        expected, seen = item.expected[task.name], result.probabilities[task.name]
        for label, wanted, got in zip(task.labels, expected, seen, strict=True):
            if not abs(wanted - got) <= tolerance:
                yield (
                    f"item {item.name!r}, task {task.name!r}, label {label!r}: expected "
                    f"{wanted:.6f}, seen {got:.6f}, tolerance {tolerance:g}"
                )


def _refusal(found: Sequence[str], *, golden: GoldenItems, card: Card, tensorflow: str) -> str:
    more = [f"  - and {len(found) - _MOST_TOLD} more"] if len(found) > _MOST_TOLD else []
    return "\n".join(
        [
            f"model {card.name} {card.version}: it does not say what its {GOLDEN_FILE} expects "
            f"(made with TensorFlow {golden.tensorflow}, here is {tensorflow}):",
            *(f"  - {line}" for line in found[:_MOST_TOLD]),
            *more,
            "what helps: copy the bundle again from where it was made, for its files may have "
            "been changed or mixed with another model's; if they are whole, use the TensorFlow "
            "that made it; if weights, card or calibration were changed on purpose, build the "
            f"bundle again, which writes {GOLDEN_FILE} anew",
        ]
    )


def _golden(item: ModelItem, scores: Scores) -> GoldenItem:
    return GoldenItem(
        name=item.content_key,
        kind=item.kind,
        texts=dict(item.texts),
        images={field: _png(image) for field, image in item.images.items()},
        expected=dict(scores.probabilities),
    )


def _item(item: GoldenItem, *, name: str) -> ModelItem:
    try:
        images = {field: _pixels(png) for field, png in item.images.items()}
    except (OSError, ValueError, SyntaxError) as error:
        raise ModelError(
            f"model {name}: its {GOLDEN_FILE} does not hold: an image of item "
            f"{item.name!r}: {error}"
        ) from error
    return ModelItem(item.name, item.kind, item.texts, images)


def _png(image: NDArray[np.uint8]) -> str:
    from PIL import Image

    sink = io.BytesIO()
    Image.fromarray(image).save(sink, format="PNG", optimize=True)
    return base64.b64encode(sink.getvalue()).decode("ascii")


def _pixels(png: str) -> NDArray[np.uint8]:
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(base64.b64decode(png, validate=True)), formats=["PNG"]) as image:
        return np.asarray(image.convert("RGB"))
