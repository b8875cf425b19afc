"""Labels and their order: the contract's where the data keeps to it, else what the data has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import apache_beam as beam

from moderation.records.labels import commonest_spellings, fold, in_order, place_of
from schemas.records import DEFAULT_TASKS, ENTAILMENT_LABELS, Kind

MEME_LABELS = ("0", "1")
MAX_LABELS = 1_000
NONE = ""
"""Counted of a record that may have several labels and has none."""
_OF_KIND = {Kind.TWEET_PAIR: ENTAILMENT_LABELS, Kind.MEME: MEME_LABELS}

Vocabulary = Mapping[str, Sequence[str]]
"""Labels in order by kind, of the kinds that the input has."""


class LabelError(ValueError):
    """The labels of an input cannot be put in order."""


@dataclass(eq=False)
class CollectLabels(beam.CombineFn):
    """Counters of ``(kind, label)`` → a ``Vocabulary``.

    Args:
        wanted: the labels in order, where they were given; else those of the contract for a kind
            that has one of them in any spelling, else all that the kind has, each in its commonest
            spelling, sorted; of two the positive one second.
        several: a record has any number of labels; ``NONE`` counts one that has none of them.
    """

    wanted: tuple[str, ...]
    several: bool = False

    def create_accumulator(self) -> Counter[tuple[str, str]]:
        """No label."""
        return Counter()

    def add_input(
        self, seen: Counter[tuple[str, str]], more: Counter[tuple[str, str]]
    ) -> Counter[tuple[str, str]]:
        """Add a bundle's."""
        seen.update(more)
        kinds = Counter(kind for kind, _ in seen)
        for kind, labels in kinds.items():
            if labels > MAX_LABELS and not self.wanted:
                raise LabelError(
                    f"a {kind} has over {MAX_LABELS:,} distinct labels: is it the right column? "
                    "--labels names those to take"
                )
        return seen

    def merge_accumulators(
        self, accumulators: Iterable[Counter[tuple[str, str]]]
    ) -> Counter[tuple[str, str]]:
        """Add all."""
        total: Counter[tuple[str, str]] = Counter()
        for accumulator in accumulators:
            total = self.add_input(total, accumulator)
        return total

    def extract_output(self, seen: Counter[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
        """The labels of each kind."""
        return {
            kind.value: self.wanted or self._ordered(kind, found)
            for kind in Kind
            if (found := {label: rows for (of, label), rows in seen.items() if of == kind.value})
        }

    def _ordered(self, kind: Kind, found: dict[str, int]) -> tuple[str, ...]:
        if not self.several:
            return _ordered(kind, found)
        found.pop(NONE, None)
        if not found:
            raise LabelError(f"no {kind.value} has any label: is it the right column?")
        return tuple(commonest_spellings(found))


def _ordered(kind: Kind, found: Mapping[str, int]) -> tuple[str, ...]:
    contract, task = _OF_KIND[kind], DEFAULT_TASKS[kind]
    if any(plain_place(label, contract) is not None for label in found) or all(
        place_of(label, contract, task) is not None for label in found
    ):
        return contract
    return in_order(commonest_spellings(found))


def plain_place(label: str, contract: Sequence[str]) -> int | None:
    """As ``place_of``, of a label that is the contract's own but for its spelling."""
    plain = fold(label)
    if plain in ("true", "false"):
        return place_of(label, contract)
    return next((place for place, name in enumerate(contract) if fold(name) == plain), None)


def most_labels(vocabulary: Vocabulary) -> int:
    """Labels of the kind that has the most."""
    return max(map(len, vocabulary.values()), default=0)
