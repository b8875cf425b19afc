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
from moderation.images.types import ImageFailure, ImageRef
from moderation.records.items import Item
from moderation.storage.bundle_end import at_end
from moderation.verdicts.judgement import Judgement
from moderation.verdicts.known import KNOWN, UNKNOWN, Met
from schemas.images import ImageStatus

_WINDOW = 64
"""Items whose pictures are looked at side by side."""


_Asked = tuple[Future[str | ImageFailure], str]
"""What there is now, and what was."""


class PictureRule(str, Enum):
    """What makes a score with a picture behind a reference one of the same item."""

    CHECK = "check"
    """Its bytes are the same."""
    TRUST = "trust"
    """Its reference is."""
    NEVER = "never"
    """Nothing does."""


def pictures_to_check(
    item: Item, judgement: Judgement, *, rule: PictureRule, parked: str
) -> list[tuple[ImageRef, str]] | None:
    """Pictures that must be what they were, with their digests then; None: judge the item anew.

    Args:
        item: as it is in this run.
        judgement: as another run made it.
        rule: for pictures behind references.
        parked: where pictures wait that came inside their records: the content key has their
            digest.
    """
    if judgement.reading and not judgement.reading.ending.settled:
        return None  # another try may read it
    refs = {image.field: image for image in item.images if isinstance(image, ImageRef)}
    wanted = []
    for report in judgement.images:
        if report.status in (ImageStatus.ABSENT, ImageStatus.UNUSED):
            continue
        ref = refs.get(report.field)
        if ref is None or report.status is not ImageStatus.OK or report.sha256 is None:
            return None  # it was judged without the picture
        if ref.location.startswith(f"{parked}/"):
            continue
        if rule is PictureRule.NEVER:
            return None
        if rule is PictureRule.CHECK:
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
    shared: Shared = field(default_factory=Shared)
    _door: ImageDoor | None = field(default=None, init=False)
    _pending: deque[tuple[Met, list[_Asked]]] = field(default_factory=deque, init=False)

    def start_bundle(self) -> None:
        """Forget what a failed bundle left in flight."""
        self._pending = deque()

    def process(self, some: list[Met]) -> Iterator[TaggedOutput]:
        """Ask for what must be looked at; hand on the rest, and the oldest beyond the window."""
        settled = []
        for item, judgement in some:
            asked: list[tuple[ImageRef, str]] | None = []
            if judgement is not None and judgement.reused and not judgement.counted:
                asked = pictures_to_check(item, judgement, rule=self.rule, parked=self.parked)
            if not asked:
                settled.append((item, None if asked is None else judgement))
                continue
            digests = [(self._open().digest(ref), sha256) for ref, sha256 in asked]
            self._pending.append(((item, judgement), digests))
            while len(self._pending) > _WINDOW:
                yield from _parted([self._oldest()])
        yield from _parted(settled)

    def finish_bundle(self) -> Iterator[TaggedOutput]:
        """Hand on all that is in flight, and the door's counts."""
        for parted in _parted([self._oldest() for _ in range(len(self._pending))]):
            yield TaggedOutput(parted.tag, at_end(parted.value))
        if self._door is not None:
            yield TaggedOutput(FETCHING, at_end(self._door.take_stats()))

    def _open(self) -> ImageDoor:
        """The process's door: opened only where a picture must be looked at."""
        if self._door is None:
            self._door = self.shared.acquire(lambda: ImageDoor(self.door))
        return self._door

    def _oldest(self) -> Met:
        (item, judgement), digests = self._pending.popleft()
        same = all(found.result() == sha256 for found, sha256 in digests)
        return item, judgement if same else None


def _parted(some: list[Met]) -> Iterator[TaggedOutput]:
    unknown = [item for item, judgement in some if judgement is None]
    known = [(item.content_key, judgement.pack()) for item, judgement in some if judgement]
    if unknown:
        yield TaggedOutput(UNKNOWN, unknown)
    if known:
        progress.judged(len(known))
        yield TaggedOutput(KNOWN, known)
