"""Which items are one group, for copies are no independent evidence.

A row says so itself, by a column; a set of ``pipelines.preprocess`` has one. Otherwise items
whose texts are equal or nearly so, or that show the same picture, hang together, as they do in such
a set.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from moderation.storage.packing import digest64
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind

if TYPE_CHECKING:
    from moderation.datasets.groups.linked_content import Content
    from moderation.evaluation.pairing.settle_item import Pair

COLUMN, NONE = "group", "none"


class How(str, Enum):
    """What an item's group was told by."""

    GIVEN = "given"
    CONTENT = "content"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class GroupBy:
    """How groups are told. Picklable."""

    column: str | None = COLUMN
    contents: bool = True
    """Of rows without the column: by their texts and pictures."""

    @classmethod
    def of(cls, asked: str | None) -> GroupBy:
        """From the option: a column, ``none`` for item by item, or nothing for the default."""
        if asked is None:
            return cls()
        return cls(None if asked == NONE else asked, contents=False)

    def contents_of(
        self, fields: Mapping[str, Any], kind: str | None
    ) -> tuple[list[str], list[str]]:
        """Texts as they are compared, and digests of what pictures are called, of a record."""
        if not self.contents or kind is None:
            return [], []
        from moderation.datasets.groups.near_texts import normal_text

        told = Kind(kind)
        given = (fields.get(name) for name in TEXT_FIELDS[told])
        texts = sorted({normal_text(text) for text in given if isinstance(text, str)} - {""})
        named = (fields.get(name) for name in IMAGE_FIELDS[told])
        pictures = {_digest(name) for name in named if isinstance(name, (str, bytes)) and name}
        return texts, sorted(pictures)


def _digest(name: str | bytes) -> str:
    data = name.encode("utf-8", errors="surrogatepass") if isinstance(name, str) else name
    return hashlib.sha256(data).hexdigest()


def placed(pair: Pair, kind: str, by: GroupBy) -> tuple[int, How, Content | None]:
    """An item's number, what its group is told by, and what links it to others, if that does."""
    label = pair.label
    if label.group is not None:
        return digest64(f"group\0{label.group}"), How.GIVEN, None
    node = digest64(f"item\0{kind}\0{label.item_id}")
    pictures = sorted({*label.pictures, *pair.score.pictures})
    if not by.contents or not (label.texts or pictures):
        return node, How.ALONE, None
    from moderation.datasets.groups.linked_content import Content

    content = Content(f"{node:016x}", list(label.texts), [(each, "") for each in pictures])
    return node, How.CONTENT, content
