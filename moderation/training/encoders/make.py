"""From a recipe's specs to encoders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from moderation.models.words import without_nul
from moderation.training.check_recipe import check_image
from moderation.training.encoders import uri as uris
from moderation.training.encoders.types import ImageEncoder, TextEncoder
from schemas.recipe import ImageEncoderSpec, TextEncoderSpec


def text_encoder(
    spec: TextEncoderSpec, *, segments: int, texts: Iterable[str], seed: int
) -> TextEncoder:
    """The encoder of an item's texts.

    Args:
        spec: of the recipe.
        segments: texts of an item, encoded together.
        texts: training texts, for encoders that learn from them.
        seed: of that learning.

    Raises:
        TrainingError: it cannot be had as asked.
    """
    made = _text_encoder(spec, segments=segments, texts=texts, seed=seed)
    return replace(made, packer=WholeTexts(made.packer))


@dataclass(frozen=True)
class WholeTexts:
    """Stands before every packer: no text ends at a U+0000 in it, which is a blank."""

    packer: Any
    """``tf.Module``: what an export holds, under the names that it had before."""

    def __call__(self, *texts: Any) -> dict[str, Any]:
        """Strings, each ``[batch]`` → what the packer makes of them."""
        packed: dict[str, Any] = self.packer(*map(without_nul, texts))
        return packed


def _text_encoder(
    spec: TextEncoderSpec, *, segments: int, texts: Iterable[str], seed: int
) -> TextEncoder:
    uri = uris.parse(spec.uri, schemes=uris.TEXT_SCHEMES, what="text.uri")
    if uri.scheme == "tfhub":
        from moderation.training.encoders import text_tfhub

        return text_tfhub.make(uri, spec, segments=segments)
    if uri.scheme == "keras_hub":
        from moderation.training.encoders import text_kerashub

        return text_kerashub.make(uri, spec)
    if uri.scheme == "subwords":
        from moderation.training.encoders import subwords

        return subwords.make(spec, texts=texts, segments=segments, seed=seed)
    from moderation.training.encoders import starter

    return starter.make(spec, segments=segments)


def image_encoder(spec: ImageEncoderSpec) -> ImageEncoder:
    """The encoder of one image.

    Raises:
        TrainingError: it cannot be had as asked.
    """
    check_image(spec)
    uri = uris.parse(spec.uri, schemes=uris.IMAGE_SCHEMES, what="image.uri")
    if uri.scheme == "applications":
        from moderation.training.encoders import image_applications

        return image_applications.make(uri, spec)
    if uri.scheme == "efficientnet_lite0":
        from moderation.training.encoders import efficientnet_lite0

        return efficientnet_lite0.make(uri, spec)
    from moderation.training.encoders import image_kerashub

    return image_kerashub.make(uri, spec)
