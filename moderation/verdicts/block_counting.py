"""What later runs compare themselves with, gathered while verdicts are made."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from moderation.audit.drift.bins import IMAGE_EDGES, SCORE_EDGES, TEXT_EDGES
from moderation.audit.drift.counts import ALL, block_vector
from moderation.audit.drift.families import block_of, block_of_item
from moderation.audit.tally import Tally
from moderation.verdicts.decide import Outcome
from moderation.verdicts.judgement import Judgement
from schemas.card import Card, leaves_of
from schemas.drift import Measure
from schemas.images import ImageStatus
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind

_SCORES, _TEXTS, _IMAGES = (len(edges) + 1 for edges in (SCORE_EDGES, TEXT_EDGES, IMAGE_EDGES))
_FLAG, _LENGTH, _SIZE = Measure.FLAG.value, Measure.TEXT_LENGTH.value, Measure.IMAGE_SIZE.value
_MISSING, _LOST = Measure.MISSING_MODALITY.value, Measure.DEAD_LETTER.value


class BlockCounting:
    """Counts distinct items by block and bin in a tally; each once a run."""

    def __init__(self, card: Card, tally: Tally) -> None:
        self._labels = {task.name: tuple(task.labels) for task in card.tasks}
        self._looked_at = {kind: _looked_at(card, kind) for kind in Kind}
        self._tally = tally
        self._vectors: dict[str, list[int]] = {}
        self._scores: dict[str, list[list[int]]] = {}

    def item(self, judgement: Judgement, outcome: Outcome | None, texts: Mapping[str, str]) -> None:
        """Count an item that was judged, or lost.

        Args:
            judgement: of it.
            outcome: the policy's; None: the item was lost.
            texts: by field, as they were judged.
        """
        kind, said = judgement.kind.value, texts.values()
        pictures = [image.sha256 for image in judgement.images]
        block = block_of_item(judgement.content_key, said, pictures)
        self._vector(_LOST, ALL)[2 * block + (outcome is None)] += 1
        at = block * _TEXTS + bisect_right(TEXT_EDGES, sum(map(len, said)))
        self._vector(_LENGTH, kind)[at] += 1
        if any(pictures):
            self._pictures(judgement)
        if outcome is None or not judgement.probabilities:
            return
        lacks = not self._looked_at[judgement.kind].issubset(judgement.modalities)
        self._vector(_MISSING, kind)[2 * block + lacks] += 1
        begin = block * _SCORES
        for task, scores in judgement.probabilities.items():
            for vector, p in zip(self._of_task(task), scores, strict=False):
                vector[begin + bisect_right(SCORE_EDGES, p)] += 1
        for flag, raised in outcome.flags.items():
            self._vector(_FLAG, flag)[2 * block + raised] += 1

    def _pictures(self, judgement: Judgement) -> None:
        """A picture that many items have lies in one block, whatever they say."""
        for image in judgement.images:
            if image.status is ImageStatus.OK and image.width and image.height and image.sha256:
                at = bisect_right(IMAGE_EDGES, image.width * image.height)
                vector = self._vector(_SIZE, judgement.kind.value)
                vector[block_of(image.sha256) * _IMAGES + at] += 1

    def _of_task(self, task: str) -> list[list[int]]:
        """The counts of a task's labels, in their order."""
        found = self._scores.get(task)
        if found is None:
            names = [f"{task}.{label}" for label in self._labels[task]]
            found = [block_vector(self._tally, Measure.SCORE, name) for name in names]
            self._scores[task] = found
        return found

    def _vector(self, of: str, name: str) -> list[int]:
        found = self._vectors.get(of + name)
        if found is None:
            found = self._vectors[of + name] = block_vector(self._tally, Measure(of), name)
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
