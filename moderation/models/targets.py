"""Which images a model looks at, and in which size."""

from __future__ import annotations

from moderation.models.types import ImageTarget, ModelError
from schemas.card import Card, leaves_of
from schemas.pixels import PILLOW_RESIZERS
from schemas.records import Kind


def image_targets(card: Card, kind: Kind) -> dict[str, ImageTarget]:
    """How to decode the image of each field that the model takes for this kind.

    A field that is missing from the result is not looked at and need not be fetched.

    Raises:
        ModelError: two inputs want the same field in different ways.
    """
    targets: dict[str, ImageTarget] = {}
    for task in card.tasks_for(kind):
        in_two_steps = task.features.all_inputs if task.features is not None else ()
        for spec in leaves_of((*task.inputs, *in_two_steps)):
            if spec.image is None:
                continue
            image, field = spec.image, spec.fields[0]
            plain = image.resample in PILLOW_RESIZERS and image.jpeg == "accurate"
            reduced = image.reduced_decode and plain
            target = ImageTarget(image.height, image.width, image.resample, reduced, image.jpeg)
            if targets.setdefault(field, target) != target:
                raise ModelError(
                    f"two inputs want {field} of a {kind.value} in different ways: "
                    f"{targets[field]} and {target}; one image is decoded once"
                )
    return targets
