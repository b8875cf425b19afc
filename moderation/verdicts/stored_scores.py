"""Items meet the scores of a committed run, and nothing else is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from moderation.audit.progress import progress
from moderation.storage.row_packs import PackKeyed
from moderation.verdicts.known import Met


@dataclass(eq=False)
class TakeStored(beam.PTransform):
    """Lists of ``Met``s → ``(bucket, pack)``s of judgements.

    An item of which nothing is known gets none: its rows were lost.
    """

    buckets: int

    def expand(self, met: Any) -> Any:
        """See the class."""
        return met | "Take" >> beam.FlatMap(_known) | "Pack" >> PackKeyed(self.buckets)


def _known(met: list[Met]) -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    known = [(item.content_key, judgement.pack()) for item, judgement in met if judgement]
    if known:
        progress.judged(len(known))
        yield known
