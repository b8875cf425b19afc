"""Whether a known judgement holds for an item whose pictures lie behind references.

Who posted a picture can exchange it once it was cleared: the reference stays, and with it the
content key. So a score that another run gave is carried over only where the bytes are still those
that were judged, unless somebody trusts the references. A model that looks at no picture, and a
picture that came inside its record, leave nothing to ask.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import Enum

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput
from apache_beam.utils.shared import Shared

from moderation.audit.progress import progress
from moderation.images.door import DoorOptions, ImageDoor
from moderation.images.prefetch import FETCHING
from moderation.images.types import DecodedImage, ImageFailure, ImageOutcome, ImageRef
from moderation.ocr.types import Ending, Reading
from moderation.records.items import Item
from moderation.storage.bundle_end import at_end
from moderation.verdicts.judgement import Judgement
from moderation.verdicts.known import KNOWN, UNKNOWN, Met
from moderation.verdicts.look_again import LookAgain
from moderation.verdicts.picture_look_up import NO_HASHES, UNSHOWN, PictureHashes
from schemas.images import ImageStatus

_WINDOW = 64
"""Items whose pictures are looked at side by side."""


_Asked = tuple[str, Future[ImageOutcome] | Future[str | ImageFailure], str | None]
"""The record's field; what there is now, a digest or all of the picture; the digest that was."""


class PictureRule(str, Enum):
    """What makes a score with a picture behind a reference one of the same item."""

    CHECK = "check"
    """Its bytes are the same."""
    TRUST = "trust"
    """Its reference is."""
    NEVER = "never"
    """Nothing does."""


def pictures_to_check(
    item: Item,
    judgement: Judgement,
    *,
    rule: PictureRule,
    parked: str,
    look_up: bool = False,
    keep_text: bool = False,
) -> list[tuple[ImageRef, str | None]] | None:
    """Pictures that must be what they were, with their digests then; None: judge the item anew.

    Args:
        item: as it is in this run.
        judgement: as another run made it.
        rule: for pictures behind references.
        parked: where pictures wait that came inside their records: the content key has their
            digest.
        look_up: every picture is to be looked at again; one that the model was not shown comes
            without a digest, for it may be another one.
        keep_text: what was read from pictures is wanted, and an earlier run may not have kept it.
    """
    if judgement.reading and not judgement.reading.ending.settled:
        return None  # another try may read it
    if keep_text and judgement.reading and not _has_text(judgement.reading):
        return None
    refs = {image.field: image for image in item.images if isinstance(image, ImageRef)}
    wanted: list[tuple[ImageRef, str | None]] = []
    for report in judgement.images:
        if report.status is ImageStatus.UNUSED and look_up and report.field in refs:
            wanted.append((refs[report.field], None))
        if report.status in (ImageStatus.ABSENT, ImageStatus.UNUSED):
            continue
        ref = refs.get(report.field)
        if ref is None or report.status is not ImageStatus.OK or report.sha256 is None:
            return None  # it was judged without the picture
        inline = ref.location.startswith(f"{parked}/")
        if rule is PictureRule.NEVER and not inline:
            return None
        if look_up or (rule is PictureRule.CHECK and not inline):
            wanted.append((ref, report.sha256))
    return wanted


@dataclass(eq=False)
class PartKnown(beam.DoFn):
    """Lists of ``Met``s → ``known`` and ``unknown``, lists again.

    Known are ``(content_key, packed Judgement)``s, unknown ``Item``s. ``fetching`` gets the door's
    ``DoorStats`` once a bundle.
    """

    rule: PictureRule
    parked: str
    door: DoorOptions
    hashes: PictureHashes = NO_HASHES
    """Banks of this run: what was looked up in others is looked up again."""
    keep_text: bool = False
    """Whether verdicts have what was read."""
    shared: Shared = field(default_factory=Shared)
    _door: ImageDoor | None = field(default=None, init=False)
    _pending: deque[tuple[Met, list[_Asked], bool]] = field(default_factory=deque, init=False)
    _again: LookAgain = field(init=False)

    def setup(self) -> None:
        """Be ready to look pictures up."""
        self._again = LookAgain(self.hashes)

    def start_bundle(self) -> None:
        """Forget what a failed bundle left in flight."""
        self._pending = deque()

    def process(self, some: list[Met]) -> Iterator[TaggedOutput]:
        """Ask for what must be looked at; hand on the rest, and the oldest beyond the window."""
        settled: list[Met] = []
        for item, judgement in some:
            again = judgement is not None and self._again.needed(judgement)
            asked = self._to_check(item, judgement, again=again)
            if asked is None:
                settled.append((item, None))
                continue
            if not asked and not again:
                settled.append((item, judgement and self._again.standing(judgement)))
                continue
            self._pending.append(((item, judgement), self._ask(asked, again=again), again))
            while len(self._pending) > _WINDOW:
                yield from _parted([self._oldest()])
        yield from _parted(settled)

    def finish_bundle(self) -> Iterator[TaggedOutput]:
        """Hand on all that is in flight, and the door's counts."""
        for parted in _parted([self._oldest() for _ in range(len(self._pending))]):
            yield TaggedOutput(parted.tag, at_end(parted.value))
        if self._door is not None:
            yield TaggedOutput(FETCHING, at_end(self._door.take_stats()))

    def _to_check(
        self, item: Item, judgement: Judgement | None, *, again: bool
    ) -> list[tuple[ImageRef, str | None]] | None:
        if judgement is None or judgement.counted or not (judgement.reused or again):
            return []
        rule = self.rule if judgement.reused else PictureRule.CHECK
        return pictures_to_check(
            item,
            judgement,
            rule=rule,
            parked=self.parked,
            look_up=again,
            keep_text=self.keep_text,
        )

    def _ask(self, asked: list[tuple[ImageRef, str | None]], *, again: bool) -> list[_Asked]:
        door = self._open()
        if not again:
            return [(ref.field, door.digest(ref), sha256) for ref, sha256 in asked]
        target = self.hashes.target(None) or UNSHOWN
        return [(ref.field, door.submit(ref, target), sha256) for ref, sha256 in asked]

    def _open(self) -> ImageDoor:
        """The process's door: opened only where a picture must be looked at."""
        if self._door is None:
            self._door = self.shared.acquire(lambda: ImageDoor(self.door))
        return self._door

    def _oldest(self) -> Met:
        (item, judgement), asked, again = self._pending.popleft()
        found = {name: future.result() for name, future, _ in asked}
        same = all(sha256 in (None, _sha256(found[name])) for name, _, sha256 in asked)
        if judgement is None or not same:
            return item, None
        known = self._again.looked_up(judgement, found) if again else judgement
        return item, known and self._again.standing(known)


def _has_text(reading: Reading) -> bool:
    return reading.ending is not Ending.READ or bool(reading.text)


def _sha256(found: ImageOutcome | str) -> str | None:
    if isinstance(found, DecodedImage):
        return found.sha256
    return found if isinstance(found, str) else None


def _at(item: Item, judgement: Judgement) -> Judgement:
    return judgement.at(image for image in item.images if isinstance(image, ImageRef))


def _parted(some: list[Met]) -> Iterator[TaggedOutput]:
    unknown = [item for item, judgement in some if judgement is None]
    known = [
        (item.content_key, _at(item, judgement).pack()) for item, judgement in some if judgement
    ]
    if unknown:
        yield TaggedOutput(UNKNOWN, unknown)
    if known:
        progress.judged(len(known))
        yield TaggedOutput(KNOWN, known)
