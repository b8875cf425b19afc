"""Items' pictures are hashed in the door, and looked up in banks before the model sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from moderation.hashes.look_up import LookUp, OpenLookUp, SeenPicture
from moderation.hashes.making import PictureHashing
from moderation.hashes.views import View
from moderation.images.types import DecodedImage, ImageFailure, ImageOutcome, Target
from schemas.hashes import HashMatch
from schemas.images import ImageReport

UNSHOWN = Target(1, 1)
"""Of a picture that the model does not look at."""


@dataclass(frozen=True, slots=True)
class PictureHashes:
    """What is made of pictures beside what the model is shown. Small and picklable."""

    look_up: LookUp | None = None
    """Banks that pictures are looked up in."""
    write: bool = False
    """Whether verdicts have the hashes."""

    @property
    def signature(self) -> str:
        """Of the banks; empty where there are none."""
        return self.look_up.signature if self.look_up else ""

    @property
    def any(self) -> bool:
        """Whether anything is made."""
        return self.look_up is not None or self.write

    def target(self, shown: Target | None) -> Target | None:
        """What is asked of the door; ``shown`` is what the model wants of the picture, if any."""
        if not self.any or (shown is None and self.look_up is None):
            return shown
        target, look_up = shown or UNSHOWN, self.look_up
        views = look_up is not None and look_up.pdq
        hashing = (PictureHashing(plain=not views),) if views or self.write else ()
        md5 = look_up is not None and look_up.md5
        return replace(target, further=(*target.further, *hashing), md5=md5)

    def seen(self, outcomes: Mapping[str, ImageOutcome]) -> tuple[SeenPicture, ...]:
        """What an item's pictures are looked up by; nothing where there are no banks."""
        return seen_pictures(outcomes) if self.look_up else ()

    def blocks(self, matches: Iterable[HashMatch]) -> bool:
        """Whether an item is decided without the model."""
        return self.look_up is not None and bool(
            self.look_up.blocking.intersection(match.bank for match in matches)
        )


NO_HASHES = PictureHashes()


def seen_pictures(outcomes: Mapping[str, ImageOutcome]) -> tuple[SeenPicture, ...]:
    """All that an item's pictures are looked up by; one that could not be had is not."""
    return tuple(
        SeenPicture(name, outcome.sha256, outcome.md5, views_of(outcome))
        for name, outcome in outcomes.items()
        if isinstance(outcome, DecodedImage)
    )


def views_of(outcome: ImageOutcome | None) -> tuple[View, ...]:
    """A picture's views; none where it could not be hashed."""
    if outcome is None or isinstance(outcome, ImageFailure):
        return ()
    views = outcome.made.get(PictureHashing().name)
    return views if isinstance(views, tuple) else ()


def hashed(report: ImageReport, outcome: ImageOutcome | None) -> ImageReport:
    """A report with the picture's hash, where it has one."""
    for view in views_of(outcome)[:1]:
        update = {"pdq": view.pdq.hex, "pdq_quality": view.pdq.quality}
        return report.model_copy(update=update)
    return report


@dataclass(slots=True)
class PictureAsker:
    """Looks pictures up; opens the banks when it is first asked."""

    hashes: PictureHashes
    _open: OpenLookUp | None = field(default=None, init=False)

    def matches(self, pictures: Sequence[tuple[SeenPicture, ...]]) -> list[tuple[HashMatch, ...]]:
        """For each item what the banks know its pictures as."""
        if self.hashes.look_up is None:
            return [()] * len(pictures)
        if self._open is None:
            self._open = self.hashes.look_up.open()
        found = iter(self._open.matches([each for some in pictures for each in some]))
        return [tuple(match for _ in some for match in next(found)) for some in pictures]
