"""What later runs compare themselves with, gathered while verdicts are made."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from moderation.audit.drift.bins import IMAGE_EDGES, SCORE_EDGES, TEXT_EDGES
from moderation.audit.drift.counts import block_vector, count_lost
from moderation.audit.drift.families import block_of, block_of_item
from moderation.audit.tally import Tally
from moderation.verdicts.decide import Outcome
from moderation.verdicts.judgement import Judgement
from schemas.card import Card, leaves_of
from schemas.drift import Measure
from schemas.images import ImageStatus
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind

_SCORES, _TEXTS, _IMAGES = (len(edges) + 1 for edges in (SCORE_EDGES, TEXT_EDGES, IMAGE_EDGES))


class BlockCounting:
    """Counts distinct items by block and bin in a tally; each once a run."""

    def __init__(self, card: Card, tally: Tally) -> None:
        self._labels = {
            kind: [(task.name, tuple(task.labels)) for task in card.tasks_for(kind)]
            for kind in Kind
        }
        self._looked_at = {kind: _looked_at(card, kind) for kind in Kind}
        self._tally = tally
        self._vectors: dict[tuple[Measure, str], list[int]] = {}

    def item(self, judgement: Judgement, outcome: Outcome | None, texts: Mapping[str, str]) -> None:
        """Count an item that was judged, or lost.

        Args:
            judgement: of it.
            outcome: the policy's; None: the item was lost.
            texts: by field, as they were judged.
        """
        kind = judgement.kind.value
        pictures = [image.sha256 for image in judgement.images]
        block = block_of_item(judgement.content_key, texts.values(), pictures)
        count_lost(self._tally, block, dead=outcome is None)
        length = sum(map(len, texts.values()))
        at = block * _TEXTS + bisect_right(TEXT_EDGES, length)
        self._vector(Measure.TEXT_LENGTH, kind)[at] += 1
        self._pictures(judgement)
        if outcome is None or not judgement.probabilities:
            return
        lacks = not self._looked_at[judgement.kind].issubset(judgement.modalities)
        self._vector(Measure.MISSING_MODALITY, kind)[2 * block + lacks] += 1
        for task, labels in self._labels[judgement.kind]:
            for label, p in zip(labels, judgement.probabilities.get(task, ()), strict=False):
                at = block * _SCORES + bisect_right(SCORE_EDGES, p)
                self._vector(Measure.SCORE, f"{task}.{label}")[at] += 1
        for flag, raised in outcome.flags.items():
            self._vector(Measure.FLAG, flag)[2 * block + raised] += 1

    def _pictures(self, judgement: Judgement) -> None:
        """A picture that many items have lies in one block, whatever they say."""
        for image in judgement.images:
            if image.status is ImageStatus.OK and image.width and image.height and image.sha256:
                at = bisect_right(IMAGE_EDGES, image.width * image.height)
                vector = self._vector(Measure.IMAGE_SIZE, judgement.kind.value)
                vector[block_of(image.sha256) * _IMAGES + at] += 1

    def _vector(self, of: Measure, name: str) -> list[int]:
        found = self._vectors.get((of, name))
        if found is None:
            found = self._vectors[of, name] = block_vector(self._tally, of, name)
        return found


def _looked_at(card: Card, kind: Kind) -> frozenset[str]:
    """The texts and images of a kind that the model looks at."""
    return frozenset(
        field
        for task in card.tasks_for(kind)
        for spec in leaves_of(task.inputs)
        if spec.source != "presence"
        for field in spec.fields
        if field in TEXT_FIELDS[kind] or field in IMAGE_FIELDS[kind]
    )
