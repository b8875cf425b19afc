"""The pictures of the items that are shown, had again through the door."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import wait
from typing import TYPE_CHECKING, NamedTuple

from moderation.audit.shown_items import Candidate
from moderation.images.door import ImageDoor
from moderation.images.types import DecodedImage, ImageOutcome, ImageRef, Target
from moderation.verdicts.item_images import WantedImages
from schemas.card import Card
from schemas.images import ImageStatus
from schemas.records import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SECONDS = 60.0
"""That all pictures together may take; what is not there by then is lost."""

Name = tuple[str, str]
"""Content key and field."""


class Pictures(NamedTuple):
    """What was had again, and why the rest was not."""

    had: Mapping[Name, DecodedImage]
    lost: Mapping[Name, str]

    def of(self, candidate: Candidate) -> dict[str, NDArray[np.uint8]] | None:
        """An item's pixels by field; None where one that the model saw is not there."""
        shown = _shown_to_the_model(candidate)
        names = [(candidate.content_key, field) for field in shown]
        if not all(name in self.had for name in names):
            return None
        return {field: self.had[key, field].pixels for key, field in names}


def had_again(
    candidates: Iterable[Candidate], card: Card, door: ImageDoor, *, most_s: float = _SECONDS
) -> Pictures:
    """Every picture that the model was shown of these items, as it was shown it.

    A picture that is another one now is lost: nobody judged it.
    """
    items = list(candidates)
    targets = {kind: WantedImages.of(card, kind).targets for kind in Kind}
    asked = {
        (item.content_key, ref.field): door.submit(ref, target)
        for item in items
        for ref, target in _requests(item, targets[item.facts.kind])
    }
    wait(asked.values(), timeout=most_s)
    had: dict[Name, DecodedImage] = {}
    lost: dict[Name, str] = {}
    for item in items:
        for field, sha256 in _shown_to_the_model(item).items():
            name = (item.content_key, field)
            future = asked.get(name)
            late = future is not None and not future.done()
            found = future.result() if future is not None and not late else None
            why = f"not there within {most_s:g} s" if late else _why_not(found, sha256)
            if why is None and isinstance(found, DecodedImage):
                had[name] = found
            else:
                lost[name] = f"{why}"
    return Pictures(had, lost)


def _shown_to_the_model(candidate: Candidate) -> dict[str, str | None]:
    """Digests by field."""
    images = candidate.facts.images
    return {each.field: each.sha256 for each in images if each.status is ImageStatus.OK}


def _requests(
    candidate: Candidate, targets: Mapping[str, Target]
) -> Iterator[tuple[ImageRef, Target]]:
    for values in candidate.facts.pictures:
        ref = ImageRef(*values)
        if ref.field in targets:
            yield ref, targets[ref.field]


def _why_not(found: ImageOutcome | None, sha256: str | None) -> str | None:
    if found is None:
        return "it is not known any more where it lies"
    if not isinstance(found, DecodedImage):
        return f"{found.code.value}: {found.message}"
    return None if found.sha256 == sha256 else "another picture is there now"
