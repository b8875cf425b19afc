"""The labels of a set in the one order that every file of it has.

The contract's order where the labels are the contract's, else sorted with the positive one second:
of all labels that the models of the runs know, not of those alone that some file has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import apache_beam as beam

from moderation.datasets.labels import MEME_LABELS
from moderation.records.labels import commonest_spellings, in_order, place_of
from moderation.storage.packing import Pack
from schemas.records import DEFAULT_TASKS, ENTAILMENT_LABELS, Kind

SetLabels = Mapping[str, tuple[str, ...]]
"""Names in their order, by kind; a kind without rows has none."""

Seen = Counter[tuple[str, str]]

_CONTRACT = {Kind.TWEET_PAIR: ENTAILMENT_LABELS, Kind.MEME: MEME_LABELS}


@dataclass(eq=False)
class CollectSetLabels(beam.CombineFn):
    """``(bucket, Pack)`` of selected rows → ``SetLabels``."""

    several: frozenset[Kind]
    """Kinds whose rows have a list of labels."""

    def create_accumulator(self) -> Seen:
        """No label."""
        return Counter()

    def add_input(self, seen: Seen, keyed: tuple[int, Pack]) -> Seen:
        """Add the labels that a pack's rows could have."""
        for row in keyed[1].open():
            seen.update((row["kind"], name) for name in row["labels"])
        return seen

    def merge_accumulators(self, accumulators: Iterable[Seen]) -> Seen:
        """Add all."""
        total: Seen = Counter()
        for accumulator in accumulators:
            total.update(accumulator)
        return total

    def extract_output(self, seen: Seen) -> dict[str, tuple[str, ...]]:
        """Put each kind's in order."""
        found: dict[str, dict[str, int]] = {}
        for (kind, name), rows in seen.items():
            found.setdefault(kind, {})[name] = rows
        return {kind: self._order(Kind(kind), names) for kind, names in sorted(found.items())}

    def _order(self, kind: Kind, found: Mapping[str, int]) -> tuple[str, ...]:
        if kind in self.several:
            return tuple(commonest_spellings(found))
        contract = _CONTRACT[kind]
        if all(label_place(name, contract, kind) is not None for name in found):
            return contract
        return in_order(commonest_spellings(found))


def label_numbers(label: str | list[str], names: tuple[str, ...], kind: Kind) -> list[int]:
    """The numbers of a row's labels among the set's; of one label, its one.

    Raises:
        ValueError: the set has no such label.
    """
    several = isinstance(label, list)
    given = label if isinstance(label, list) else [label]
    places = [
        place_of(name, names, yes_or_no=False) if several else label_place(name, names, kind)
        for name in given
    ]
    found = [place for place in places if place is not None]
    if len(found) < len(given):
        raise ValueError(f"the labels {given} are not all among {', '.join(names)}")
    return sorted(set(found)) if several else found


def label_place(label: str, names: tuple[str, ...], kind: Kind) -> int | None:
    """The number of a row's one label; None where the set has no such label."""
    return place_of(label, names, DEFAULT_TASKS[kind])
