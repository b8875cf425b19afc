"""What the audit counts of verdicts, gathered a bucket at a time: most items are counted alike."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from moderation.audit.hash_banks import count_blocked, count_matches
from moderation.audit.scores import ScoreCounts
from moderation.audit.tally import Tally
from moderation.runs.report import SCORED_IN, TAKEN_FROM
from moderation.verdicts.decide import Outcome
from moderation.verdicts.judgement import Judgement, Origin
from schemas.card import Card


class _Alike(NamedTuple):
    """All that is counted of an item with a verdict."""

    kind: str
    reused: bool
    decision: str
    modalities: tuple[str, ...]
    flags: tuple[tuple[str, bool], ...]
    reasons: tuple[str, ...]
    entailment_label: str | None


class OutcomeCounts:
    """Counts items and their rows; ``add_to`` writes them down."""

    def __init__(self, card: Card) -> None:
        self._labels = {task.name: task.labels for task in card.tasks}
        self._scores = ScoreCounts()
        self._items = Counter[_Alike]()
        self._rows = Counter[_Alike]()
        self._origins = Counter[Origin]()
        self._images = Counter[tuple[str, str | None]]()
        self._readings = Counter[str]()
        self._matches = Counter[tuple[str, str]]()
        self._blocked = Counter[str]()

    def images(self, judgement: Judgement) -> None:
        """Count an item's images and what was read of them, whatever became of it, once a run."""
        if judgement.counted:
            return
        for image in judgement.images:
            self._images[image.status.value, image.code] += 1
        if judgement.reading:
            self._readings[judgement.reading.ending.value] += 1

    def verdict(self, judgement: Judgement, outcome: Outcome, rows: int) -> None:
        """Count an item with the rows that share its verdict."""
        alike = _Alike(
            judgement.kind.value,
            judgement.reused,
            outcome.decision.value,
            tuple(judgement.modalities),
            tuple(outcome.flags.items()),
            outcome.reasons,
            outcome.entailment_label,
        )
        self._rows[alike] += rows
        first = not judgement.counted  # once in the run, however many slices have rows of it
        for task, p in judgement.probabilities.items():
            self._scores.add(task, p, labels=self._labels[task], rows=rows, first=first)
        for match in judgement.matches:
            self._matches[match.bank, match.matched_as.value] += rows
        if first:
            self._items[alike] += 1
            if not judgement.probabilities:
                self._blocked.update({match.bank for match in judgement.matches})
            if judgement.origin:
                self._origins[judgement.origin] += 1

    def add_to(self, tally: Tally) -> None:
        """Add everything to a tally."""
        for (status, code), count in self._images.items():
            tally.add("image", f"{status}:{code}" if code else status, rows=count)
        for ending, items in self._readings.items():
            tally.add("reading", ending, rows=items)
        for origin, items in self._origins.items():
            tally.add(SCORED_IN, origin.scored_in, rows=items)
            tally.add(TAKEN_FROM, origin.taken_from, rows=items)
        for key, rows in self._matches.items():
            count_matches(tally, *key, rows=rows)
        for bank, items in self._blocked.items():
            count_blocked(tally, bank, items=items)
        self._scores.add_to(tally)
        for alike, rows in self._rows.items():
            self._add(tally, alike, rows)

    def _add(self, tally: Tally, alike: _Alike, rows: int) -> None:
        items, kind = self._items[alike], alike.kind
        if items:
            tally.add("account", "reused" if alike.reused else "scored", rows=items)
        tally.add("account", "duplicates", rows=rows - items)
        tally.add("kind", kind, rows=rows)
        tally.add("decision", kind, alike.decision, rows=rows)
        tally.add("decision_items", kind, alike.decision, rows=items)
        tally.add("modalities", "+".join(alike.modalities) or "none", rows=rows)
        for name, raised in alike.flags:
            tally.add("flag", name, str(raised).lower(), rows=rows)
            tally.add("flag_items", name, str(raised).lower(), rows=items)
        for reason in alike.reasons:
            tally.add("reason", reason, rows=rows)
            tally.add("reason_items", reason, rows=items)
        if alike.entailment_label:
            tally.add("entailment_label", alike.entailment_label, rows=rows)
