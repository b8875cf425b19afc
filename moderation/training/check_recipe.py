"""What a recipe's values say against one another, told before anything is loaded."""

from __future__ import annotations

import os

from moderation.training.encoders import uri as uris
from moderation.training.errors import TrainingError
from schemas.recipe import ImageEncoderSpec, Recipe, TextEncoderSpec


def check(recipe: Recipe) -> None:
    """Looks at names, paths of this machine, and values that exclude each other.

    Raises:
        TrainingError: no network can be built so.
    """
    training, left = recipe.training, recipe.modalities
    if recipe.text is not None and left != "image":
        _check_text(recipe.text, fusion=recipe.fusion.name)
    if recipe.image is not None and left != "text":
        check_image(recipe.image)
    if training.modality_dropout and left != "both":
        raise TrainingError(
            f"training.modality_dropout leaves one of two modalities out, the recipe has {left} "
            "alone: set it to 0, or modalities to both"
        )
    if training.augment_images and left == "text":
        raise TrainingError("training.augment_images: a recipe of text alone has no images")


def _check_text(spec: TextEncoderSpec, *, fusion: str) -> None:
    uri = uris.parse(spec.uri, schemes=uris.TEXT_SCHEMES, what="text.uri")
    uris.expect_folder(uri)
    if fusion == "mmbt" and uri.scheme != "keras_hub":
        raise TrainingError(
            "fusion 'mmbt' attends with BERT itself: text.uri must be a BERT of KerasHub "
            "(keras_hub:…), whose segment embeddings tell image from text"
        )
    if uri.scheme == "tfhub" and spec.preprocessor is not None:
        uris.expect_folder(uris.parse(f"tfhub:{spec.preprocessor}", schemes=("tfhub",), what=""))


def check_image(spec: ImageEncoderSpec) -> None:
    """Its name, its folder, its file of weights.

    Raises:
        TrainingError: one of them is not there.
    """
    uri = uris.parse(spec.uri, schemes=uris.IMAGE_SCHEMES, what="image.uri")
    uris.expect_folder(uri)
    if spec.weights not in (None, "imagenet") and not os.path.isfile(spec.weights):
        raise TrainingError(
            f"encoder {uri} cannot be had: there is no weights file "
            f"{os.path.abspath(spec.weights)}; image.weights is a file, 'imagenet' or 'none'"
        )
