"""An item's verdicts, its record, its decisions and its former label, found in a bucket."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from moderation.exports.decisions import DecisionRow
from moderation.exports.input_rows import FormerLabel, RecordRow, VerdictRow
from moderation.storage.packing import Pack, open_all

VERDICTS, RECORDS, DECISIONS, FORMER = "verdicts", "records", "decisions", "former"

Where = tuple[str | None, str | None, str | None]
"""Of an image: its reference, where it is opened, and below which folder."""


@dataclass(slots=True)
class ItemSides:
    """Everything about one item id."""

    verdicts: list[VerdictRow] = field(default_factory=list)
    records: dict[tuple[int | str, int], RecordRow] = field(default_factory=dict)
    decisions: list[DecisionRow] = field(default_factory=list)
    former: FormerLabel | None = None


def items_of(sides: Mapping[str, Iterable[Pack]]) -> dict[str, ItemSides]:
    """By item id, from the packs of one bucket."""
    items: dict[str, ItemSides] = defaultdict(ItemSides)
    for values in open_all(sides[VERDICTS]):
        verdict = VerdictRow(*values)
        items[verdict.item_id].verdicts.append(verdict)
    for values in open_all(sides[DECISIONS]):
        decision = DecisionRow(*values)
        items[decision.item_id].decisions.append(decision)
    for values in open_all(sides[FORMER]):
        former = FormerLabel(*values)
        items[former.item_id].former = former
    for values in open_all(sides[RECORDS]):
        record = RecordRow(*values)
        if record.item_id in items:
            items[record.item_id].records[record.where] = record
    return items


def is_far(where: Where) -> bool:
    """Whether an image stays where it is, under the reference that the record has."""
    written, location, _ = where
    return bool(written and location and location.startswith(("http://", "https://")))


def to_place(record: RecordRow) -> dict[str, Where]:
    """Images that get another reference in the set."""
    return {name: w for name, w in record.images.items() if w[1] and not is_far(w)}


def pictures_of(verdict: VerdictRow, record: RecordRow) -> list[str]:
    """What tells its images from others: digests of their bytes, or of where they lie."""
    known = {name: sha256 for name, _, sha256 in verdict.images}
    locations = {name: where[1] or "" for name, where in record.images.items()}
    found = {
        known.get(name) or hashlib.sha256(location.encode("utf-8", "surrogatepass")).hexdigest()
        for name, location in locations.items()
        if known.get(name) or location
    }
    return sorted(found)


def image_names(verdict: VerdictRow, record: RecordRow) -> list[str | None]:
    """Digests and locations that a held-out item may share."""
    digests = [sha256 for _, _, sha256 in verdict.images]
    return digests + [where[1] for where in record.images.values()]
