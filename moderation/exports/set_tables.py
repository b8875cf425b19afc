"""The tables of a set: one for each kind, split and format, named after kind and split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from moderation.exports.hub_features import Feature, arrow_schema, features_of
from moderation.exports.set_labels import SetLabels
from moderation.storage.shards import TableLayout
from schemas.records import Kind

TRAIN = "train"


@dataclass(frozen=True, slots=True)
class SetTable:
    """Rows of one kind in one split, in one format."""

    kind: Kind
    split: str
    format: str

    @property
    def name(self) -> str:
        """As its files begin."""
        return f"{self.kind.value}-{self.split}"


@dataclass(frozen=True, slots=True)
class SetTables:
    """Which tables a set may have, and what their columns are. Picklable."""

    formats: tuple[str, ...]
    """``parquet``, ``jsonl``."""
    columns: tuple[str, ...] = ()
    """Of the records, that stay columns."""
    several: frozenset[Kind] = frozenset()
    """Kinds whose label is a list."""
    splits: tuple[str, ...] = (TRAIN,)

    @property
    def is_split(self) -> bool:
        """Whether there is more than one split."""
        return len(self.splits) > 1

    def __iter__(self) -> Iterator[SetTable]:
        """Every table, whether it will have rows or not."""
        for kind in Kind:
            for split in self.splits:
                for file_format in self.formats:
                    yield SetTable(kind, split, file_format)

    def features(self, kind: Kind, labels: SetLabels) -> dict[str, Feature]:
        """The columns of a kind."""
        return features_of(
            kind,
            labels.get(kind.value, ()),
            columns=self.columns,
            several=kind in self.several,
            split=self.is_split,
        )

    def layout(self, table: SetTable, labels: SetLabels) -> TableLayout:
        """How its files are written: those of one kind have one schema, byte for byte."""
        if table.format != "parquet":
            return TableLayout(table.name)
        return TableLayout(table.name, arrow_schema(self.features(table.kind, labels)))
