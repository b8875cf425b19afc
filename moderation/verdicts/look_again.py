"""What another run made of pictures holds; what its banks knew of them may not hold any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from moderation.images.types import ImageFailure, ImageOutcome
from moderation.verdicts.judgement import Judgement
from moderation.verdicts.picture_look_up import (
    PictureAsker,
    PictureHashes,
    hashed,
    seen_pictures,
)
from schemas.images import ImageStatus


@dataclass(slots=True)
class LookAgain:
    """Known judgements meet the banks of this run."""

    hashes: PictureHashes
    _asker: PictureAsker = field(init=False)

    def __post_init__(self) -> None:
        self._asker = PictureAsker(self.hashes)

    def needed(self, judgement: Judgement) -> bool:
        """Whether pictures must be looked at: the banks are others, or hashes are to be written."""
        if judgement.failure or judgement.counted:
            return False
        other = self.hashes.look_up is not None and judgement.looked_up != self.hashes.signature
        unhashed = self.hashes.write and any(
            image.status is ImageStatus.OK and image.pdq is None for image in judgement.images
        )
        return other or unhashed

    def looked_up(
        self, judgement: Judgement, found: Mapping[str, ImageOutcome | str]
    ) -> Judgement | None:
        """The judgement with what this run's banks know; None: the model must judge it.

        Args:
            judgement: whose pictures are what they were.
            found: they, by the record's field.
        """
        outcomes = {name: each for name, each in found.items() if not isinstance(each, str)}
        if any(_lost(outcomes, image.field, image.status) for image in judgement.images):
            return None
        [matches] = self._asker.matches([seen_pictures(outcomes)])
        images = judgement.images
        if self.hashes.write:
            images = tuple(hashed(image, outcomes.get(image.field)) for image in images)
        signature = self.hashes.signature
        return replace(judgement, images=images, looked_up=signature, matches=matches)

    def standing(self, judgement: Judgement) -> Judgement | None:
        """The judgement as it holds in this run; None: a bank spared the model, and none does now.

        Banks that this run does not have know nothing in it.
        """
        if judgement.failure:
            return judgement
        if self.hashes.look_up is None and judgement.looked_up:
            judgement = replace(judgement, looked_up="", matches=())
        spared = not judgement.probabilities
        return None if spared and not self.hashes.blocks(judgement.matches) else judgement


def _lost(outcomes: Mapping[str, ImageOutcome], name: str, status: ImageStatus) -> bool:
    return status is ImageStatus.OK and isinstance(outcomes.get(name), ImageFailure)
