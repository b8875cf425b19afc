"""What lies in a set that is about to be committed: its kinds, splits and files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moderation.exports.hub_features import Feature
from moderation.exports.set_labels import SetLabels
from moderation.exports.set_tables import SetTables
from moderation.runs.marker import usual
from schemas.manifest import OutputEntry
from schemas.records import Kind

DATA = "data"


@dataclass(frozen=True, slots=True)
class SplitFiles:
    """One kind's rows in one split, in the format that examples name first."""

    split: str
    files: tuple[OutputEntry, ...]

    @property
    def rows(self) -> int:
        """Over all files."""
        return sum(entry.rows or 0 for entry in self.files)

    @property
    def paths(self) -> list[str]:
        """One pattern; the files by name where those of another start may lie beside them."""
        names = [entry.path for entry in self.files]
        if any(usual(name) != name for name in names):
            return names
        stem, _, suffix = names[0].rpartition("-of-")
        return [f"{stem.rpartition('-')[0]}-*.{suffix.rpartition('.')[2]}"]


@dataclass(frozen=True, slots=True)
class KindContents:
    """One kind of a set."""

    kind: Kind
    features: Mapping[str, Feature]
    labels: tuple[str, ...]
    splits: tuple[SplitFiles, ...]
    """Those with rows, in the Hub's order."""


@dataclass(frozen=True, slots=True)
class SetContents:
    """The kinds that have rows."""

    kinds: tuple[KindContents, ...]
    format: str

    @classmethod
    def of(
        cls, tables: SetTables, labels: SetLabels, placed: Mapping[str, list[OutputEntry]]
    ) -> SetContents:
        """From files under their final names, by the stem of their place."""
        first = tables.formats[0]
        kinds = []
        for kind in Kind:
            found = (
                SplitFiles(table.split, _files(placed.get(f"{DATA}/{table.name}", []), first))
                for table in tables
                if table.kind is kind and table.format == first
            )
            if splits := tuple(split for split in found if split.files):
                features = tables.features(kind, labels)
                kinds.append(KindContents(kind, features, labels[kind.value], splits))
        return cls(tuple(kinds), first)


def _files(entries: list[OutputEntry], extension: str) -> tuple[OutputEntry, ...]:
    return tuple(entry for entry in entries if entry.path.endswith(f".{extension}"))
