"""The transform that makes tasks of the review queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from moderation.review.tasks import ReviewFormat, layout_of, task_of
from schemas.records import Kind


@dataclass(eq=False)
class ReviewTasks(beam.PTransform):
    """Entries of the review queue → a dict of tasks by table, one a kind."""

    form: ReviewFormat

    def expand(self, entries: Any) -> dict[str, Any]:
        """Nothing where the queue is ours alone."""
        if self.form is ReviewFormat.OURS:
            return {}
        return {
            layout_of(self.form, kind).table: entries
            | kind.value >> beam.FlatMap(_tasks, form=self.form, kind=kind.value)
            for kind in Kind
        }


def _tasks(entry: Mapping[str, Any], form: ReviewFormat, kind: str) -> Iterator[dict[str, Any]]:
    if entry["kind"] == kind:
        yield task_of(entry, form)
