"""What the audit counts of verdicts, gathered a bucket at a time: most items are counted alike.

An item costs a look-up and a few numbers at the end of lists; all the rest is done for a bucket at
once. Of a million items a microsecond each is a second.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.audit.hash_banks import count_blocked, count_matches
from moderation.audit.scores import count_scores
from moderation.audit.tally import Tally
from moderation.runs.report import SCORED_IN, TAKEN_FROM
from moderation.verdicts.block_counting import BlockCounting, place_of
from moderation.verdicts.decide import Outcome
from moderation.verdicts.judgement import Judgement, Origin
from schemas.card import Card
from schemas.images import ImageReport, ImageStatus
from schemas.policy import Decision
from schemas.records import Kind


class _Alike(NamedTuple):
    """All that is counted of an item with a verdict but its scores."""

    kind: Kind
    reused: bool
    decision: Decision
    modalities: tuple[str, ...]
    flags: tuple[tuple[str, bool], ...]
    reasons: tuple[str, ...]
    entailment_label: str | None
    scored: bool


@dataclass(slots=True)
class _Items:
    """Items with a verdict, a place each."""

    alike: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    first: list[bool] = field(default_factory=list)
    """Counted nowhere before: once in the run, however many slices have rows of it."""
    blocks: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Scores:
    """Of one task: whose, and what."""

    places: list[int] = field(default_factory=list)
    scores: list[Sequence[float]] = field(default_factory=list)


class OutcomeCounts:
    """Counts items and their rows; ``add_to`` writes them down."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._alike: dict[tuple[Any, ...], int] = {}
        self._items = _Items()
        self._scores = {task.name: _Scores() for task in card.tasks}
        self._lost: dict[Kind, list[tuple[int, int]]] = {kind: [] for kind in Kind}
        self._pictures: dict[Kind, list[ImageReport]] = {kind: [] for kind in Kind}
        self._absent = 0
        """Images that their records do not name."""
        self._origins = Counter[Origin]()
        self._readings = Counter[str]()
        self._matches = Counter[tuple[str, str]]()
        self._blocked = Counter[str]()

    def images(self, judgement: Judgement) -> None:
        """Count an item's images and what was read of them, whatever became of it, once a run."""
        if judgement.counted:
            return
        for image in judgement.images:
            if image.status is ImageStatus.ABSENT:
                self._absent += 1
            else:
                self._pictures[judgement.kind].append(image)
        if judgement.reading:
            self._readings[judgement.reading.ending.value] += 1

    def lost(self, judgement: Judgement, texts: Mapping[str, str]) -> None:
        """Count an item that has no verdict, with its texts by field."""
        if not judgement.counted:
            self._lost[judgement.kind].append(place_of(judgement, texts))

    def verdict(
        self, judgement: Judgement, outcome: Outcome, *, rows: int, texts: Mapping[str, str]
    ) -> None:
        """Count an item with the rows that share its verdict, and its texts by field."""
        alike = (
            judgement.kind,
            judgement.origin is not None,
            outcome.decision,
            judgement.modalities,
            (*outcome.flags.items(),),
            outcome.reasons,
            outcome.entailment_label,
            bool(judgement.probabilities),
        )
        items, first = self._items, not judgement.counted
        for task, scores in judgement.probabilities.items():
            of = self._scores[task]
            of.places.append(len(items.rows))
            of.scores.append(scores)
        items.alike.append(self._alike.setdefault(alike, len(self._alike)))
        items.rows.append(rows)
        items.first.append(first)
        block, length = place_of(judgement, texts) if first else (0, 0)
        items.blocks.append(block)
        items.lengths.append(length)
        if judgement.matches:
            for match in judgement.matches:
                self._matches[match.bank, match.matched_as.value] += rows
            if first and not judgement.probabilities:
                self._blocked.update({match.bank for match in judgement.matches})
        if first and judgement.origin:
            self._origins[judgement.origin] += 1

    def add_to(self, tally: Tally) -> None:
        """Add everything to a tally."""
        self._add_images(tally)
        for ending, count in self._readings.items():
            tally.add("reading", ending, rows=count)
        for origin, count in self._origins.items():
            tally.add(SCORED_IN, origin.scored_in, rows=count)
            tally.add(TAKEN_FROM, origin.taken_from, rows=count)
        for key, rows in self._matches.items():
            count_matches(tally, *key, rows=rows)
        for bank, count in self._blocked.items():
            count_blocked(tally, bank, items=count)
        blocks = BlockCounting(self._card, tally)
        for kind in Kind:
            blocks.pictures(kind, self._pictures[kind])
            if places := self._lost[kind]:
                blocks.items(kind, *zip(*places, strict=True), dead=True)
        if self._items.rows:
            self._add_items(tally, blocks)

    def _add_images(self, tally: Tally) -> None:
        images = [image for some in self._pictures.values() for image in some]
        for (status, code), count in Counter((each.status, each.code) for each in images).items():
            tally.add("image", f"{status.value}:{code}" if code else status.value, rows=count)
        if self._absent:
            tally.add("image", ImageStatus.ABSENT.value, rows=self._absent)

    def _add_items(self, tally: Tally, blocks: BlockCounting) -> None:
        items = self._items
        alike, rows, first = np.array(items.alike), np.array(items.rows), np.array(items.first)
        places, lengths = np.array(items.blocks), np.array(items.lengths)
        for key, at in self._alike.items():
            named, mine = _Alike(*key), alike == at
            new = mine & first
            _add(tally, named, rows=int(rows[mine].sum()), items=int(new.sum()))
            blocks.items(named.kind, places[new], lengths[new], dead=False)
            if named.scored:
                blocks.alike(named.kind, named.modalities, named.flags, blocks=places[new])
        for task in self._card.tasks:
            if self._scores[task.name].places:
                of = np.array(self._scores[task.name].places)
                table = _table(self._scores[task.name].scores, len(task.labels))
                new = first[of]
                labels = task.labels
                count_scores(tally, task.name, labels, table=table, rows=rows[of], first=new)
                blocks.scores(task.name, labels, table=table[new], blocks=places[of][new])


def _table(scores: Sequence[Sequence[float]], labels: int) -> NDArray[np.float64]:
    flat = itertools.chain.from_iterable(scores)
    return np.fromiter(flat, np.float64, len(scores) * labels).reshape(-1, labels)


def _add(tally: Tally, alike: _Alike, *, rows: int, items: int) -> None:
    kind, decision = alike.kind.value, alike.decision.value
    if items:
        tally.add("account", "reused" if alike.reused else "scored", rows=items)
    tally.add("account", "duplicates", rows=rows - items)
    tally.add("kind", kind, rows=rows)
    tally.add("decision", kind, decision, rows=rows)
    tally.add("decision_items", kind, decision, rows=items)
    tally.add("modalities", "+".join(alike.modalities) or "none", rows=rows)
    for name, raised in alike.flags:
        tally.add("flag", name, str(raised).lower(), rows=rows)
        tally.add("flag_items", name, str(raised).lower(), rows=items)
    for reason in alike.reasons:
        tally.add("reason", reason, rows=rows)
        tally.add("reason_items", reason, rows=items)
    if alike.entailment_label:
        tally.add("entailment_label", alike.entailment_label, rows=rows)
