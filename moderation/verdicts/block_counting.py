"""What later runs compare themselves with, gathered while verdicts are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.audit.drift.bins import IMAGE_EDGES, SCORE_EDGES, TEXT_EDGES
from moderation.audit.drift.counts import ALL, block_vector
from moderation.audit.drift.families import BLOCKS, block_of, block_of_item
from moderation.audit.tally import Tally
from moderation.verdicts.judgement import Judgement
from schemas.card import Card
from schemas.drift import Measure
from schemas.images import ImageReport, ImageStatus
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind

_SCORES, _TEXTS, _IMAGES = (len(edges) + 1 for edges in (SCORE_EDGES, TEXT_EDGES, IMAGE_EDGES))


def place_of(judgement: Judgement, texts: Mapping[str, str]) -> tuple[int, int]:
    """An item's block, and how many characters its texts have.

    Args:
        judgement: of it.
        texts: by field, as they were judged.
    """
    said = texts.values()
    pictures = (image.sha256 for image in judgement.images)
    return block_of_item(judgement.content_key, said, pictures), sum(map(len, said))


class BlockCounting:
    """Counts distinct items by block and bin in a tally; each once a run."""

    def __init__(self, card: Card, tally: Tally) -> None:
        self._tally = tally
        self._looked_at = {kind: _looked_at(card, kind) for kind in Kind}

    def items(
        self, kind: Kind, blocks: Sequence[int], lengths: Sequence[int], *, dead: bool
    ) -> None:
        """Count items that were judged, or lost.

        Args:
            kind: of all.
            blocks: and ``lengths``: as ``place_of`` says.
            lengths: of each.
            dead: they were lost.
        """
        at = np.array(blocks)
        self._add(Measure.DEAD_LETTER, ALL, at, np.full(len(at), int(dead)), bins=2)
        bins = np.searchsorted(TEXT_EDGES, lengths, side="right")
        self._add(Measure.TEXT_LENGTH, kind.value, at, bins, bins=_TEXTS)

    def scores(
        self, task: str, labels: Sequence[str], *, table: NDArray[Any], blocks: NDArray[Any]
    ) -> None:
        """Count items' probabilities.

        Args:
            task: whose they are.
            labels: the task's.
            table: float ``[items, labels]``.
            blocks: of each item.
        """
        for label, p in zip(labels, table.T, strict=True):
            bins = np.searchsorted(SCORE_EDGES, p, side="right")
            self._add(Measure.SCORE, f"{task}.{label}", blocks, bins, bins=_SCORES)

    def alike(
        self,
        kind: Kind,
        modalities: Iterable[str],
        flags: Iterable[tuple[str, bool]],
        *,
        blocks: NDArray[Any],
    ) -> None:
        """Count items that were shown to the model alike, and have the same flags."""
        lacks = not self._looked_at[kind].issubset(modalities)
        self._fill(Measure.MISSING_MODALITY, kind.value, blocks, side=lacks)
        for flag, raised in flags:
            self._fill(Measure.FLAG, flag, blocks, side=raised)

    def pictures(self, kind: Kind, images: Iterable[ImageReport]) -> None:
        """A picture that many items have lies in one block, whatever they say."""
        for image in images:
            if image.status is ImageStatus.OK and image.width and image.height and image.sha256:
                at = int(np.searchsorted(IMAGE_EDGES, image.width * image.height, side="right"))
                vector = block_vector(self._tally, Measure.IMAGE_SIZE, kind.value)
                vector[block_of(image.sha256) * _IMAGES + at] += 1

    def _fill(self, of: Measure, name: str, blocks: NDArray[Any], *, side: bool) -> None:
        self._add(of, name, blocks, np.full(len(blocks), int(side)), bins=2)

    def _add(
        self, of: Measure, name: str, blocks: NDArray[Any], at: NDArray[Any], *, bins: int
    ) -> None:
        counts = np.bincount(blocks * bins + at, minlength=BLOCKS * bins)
        vector = block_vector(self._tally, of, name)
        for place in np.flatnonzero(counts).tolist():
            vector[place] += int(counts[place])


def _looked_at(card: Card, kind: Kind) -> frozenset[str]:
    """The texts and images of a kind that the model looks at."""
    return card.fields_for(kind) & {*TEXT_FIELDS[kind], *IMAGE_FIELDS[kind]}
