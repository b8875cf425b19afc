"""A bank of known pictures out of what people decided (``schemas.hashes``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apache_beam.pvalue import TaggedOutput
from pydantic_core import from_json

from moderation.audit.tally_transforms import Tallying
from moderation.exports.decisions import canonical_label
from moderation.exports.selection_rules import yes_or_no
from moderation.storage.packing import Pack
from moderation.storage.shards import TableLayout
from schemas.records import TEXT_FIELDS, Kind

ENTRIES = "bank_entries"
BANK = TableLayout("bank")
MADE, WITHOUT_HASH = "entries", "without_hash"
_FAMILY = "bank"


@dataclass(eq=False)
class BankEntries(Tallying):
    """``(bucket, Pack)`` of selected rows → ``bank_entries``, an entry a picture, and ``tally``.

    Rows that nobody looked at make none: a bank holds a person's word alone.
    """

    labels: frozenset[str]
    """As reviewers may write them; what has one of them makes entries."""

    def process(self, keyed: tuple[int, Pack]) -> Iterator[TaggedOutput]:
        """Each row by itself."""
        for row in keyed[1].open():
            if row["label_source"] == "reviewed" and self._wanted(row).intersection(_labels(row)):
                yield from self._entries(row)

    def _wanted(self, row: Mapping[str, Any]) -> set[str]:
        """The labels as this row's table writes them: ``hateful`` is ``1`` there."""
        names, task = row["model_labels"], row["task"]
        several = row["label"].startswith("[")
        short = not several and yes_or_no(Kind(row["kind"]), names)
        return {
            canonical_label(label, names, task=task, yes_or_no=short) or label
            for label in self.labels
        }

    def _entries(self, row: Mapping[str, Any]) -> Iterator[TaggedOutput]:
        kind, hashes = Kind(row["kind"]), row["hashes"]
        texts = [row["row"][name] for name in TEXT_FIELDS[kind]]
        for name, pdq, quality in hashes:
            if pdq is None:
                self._tally.add(_FAMILY, WITHOUT_HASH)
                continue
            self._tally.add(_FAMILY, MADE)
            place = int(name[-1]) - 1 if name[-1].isdecimal() else 0
            several = len(TEXT_FIELDS[kind]) > 1
            yield TaggedOutput(
                ENTRIES,
                {
                    "id": f"{row['item_id']}:{name}" if several else row["item_id"],
                    "pdq": pdq,
                    "quality": quality,
                    "tags": sorted(_labels(row)),
                    "text": texts[place],
                },
            )


def _labels(row: Mapping[str, Any]) -> list[str]:
    """A row's labels; of a task with several an item they are a JSON array."""
    label: str = row["label"]
    return [str(each) for each in from_json(label)] if label.startswith("[") else [label]
