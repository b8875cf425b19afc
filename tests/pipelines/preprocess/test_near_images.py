"""Which hash tells near images, and from which distance on."""

from __future__ import annotations

import pytest

from moderation.datasets.groups.near_images import NearImages
from pipelines.command.usage import UsageError
from pipelines.preprocess.options import PreprocessOptions
from pipelines.preprocess.plan import near_images
from schemas.datasets import ImageHash


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, NearImages(ImageHash.PDQ, 36)),
        ({"image_hash": "pdq", "image_distance_bits": 31}, NearImages(ImageHash.PDQ, 31)),
        ({"image_hash": "steps"}, NearImages(ImageHash.STEPS, 6)),
        ({"group_by": "image,near_text"}, NearImages(ImageHash.STEPS, 6)),
    ],
)
def test_pdq_tells_too_where_it_is_installed_and_images_are_grouped(
    given: dict[str, object], found: NearImages
) -> None:
    pytest.importorskip("pdqhash")
    assert near_images(PreprocessOptions(**given)) == found  # type: ignore[arg-type]


def test_a_distance_beyond_the_bands_of_a_hash_is_refused() -> None:
    with pytest.raises(UsageError, match="steps takes up to 7"):
        near_images(PreprocessOptions(image_hash="steps", image_distance_bits=8))
