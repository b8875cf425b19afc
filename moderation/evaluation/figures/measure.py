"""One task's blocks in, its figures out. All items of a task are in memory here, as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import apache_beam as beam
import numpy as np
from apache_beam.pvalue import AsList

from moderation.evaluation.figures.blocks import Block, Joined, join_blocks, read_key
from moderation.evaluation.figures.compare import compare_samples
from moderation.evaluation.figures.evaluate import evaluate_sample
from moderation.evaluation.figures.groups import Grouping
from moderation.evaluation.figures.resample import replicates_for
from moderation.evaluation.figures.roots import Roots
from moderation.evaluation.figures.slices import slices_of_coded
from schemas.metrics import Bootstrap, Difference, TaskMetrics
from schemas.records import Kind


@dataclass(frozen=True, slots=True)
class Measures:
    """What is to be measured, and how exactly. Picklable."""

    slice_columns: tuple[str, ...] = ()
    max_slices: int = 20
    multi_label: frozenset[str] = frozenset()
    thresholds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Of tasks of ``multi_label``, by label."""
    replicates: int | None = None
    seed: int = 0


class Measured(NamedTuple):
    """One task, measured."""

    metrics: TaskMetrics
    compared_items: int
    """Items that the earlier evaluation has too."""
    compared_by: Bootstrap | None
    differences: list[Difference]


@dataclass(eq=False, repr=False)
class MeasureTasks(beam.PTransform):
    """``(key, Block)``, and perhaps edges between items by content → ``Measured``."""

    measures: Measures

    def expand(self, sides: tuple[Any, ...]) -> Any:
        """A task's blocks meet in one place."""
        blocks, *edges = sides
        linked = [AsList(each) for each in edges]
        gathered = blocks | "Gather" >> beam.GroupByKey()
        return gathered | "Measure" >> beam.ParDo(MeasureTask(self.measures), *linked)


@dataclass(eq=False)
class MeasureTask(beam.DoFn):
    """``(key, Blocks)`` → ``Measured``; the same whatever the blocks' order and number."""

    measures: Measures

    def process(
        self, gathered: tuple[str, Iterable[Block]], edges: Sequence[bytes] = ()
    ) -> Iterator[Measured]:
        """Evaluate one task, slice by slice; compare where there is something to compare with."""
        kind, task, _ = read_key(gathered[0])
        asked = self.measures
        several = task in asked.multi_label
        at = asked.thresholds.get(task) if several else None
        joined = join_blocks(
            gathered[1], task=task, multi_label=several, given_from=at, roots=Roots.read(edges)
        )
        slices = [
            each
            for column, coded in zip(asked.slice_columns, joined.slices, strict=True)
            for each in slices_of_coded(column, coded, max_values=asked.max_slices)
        ]
        metrics = evaluate_sample(
            joined.sample,
            task=task,
            kind=Kind(kind) if kind else None,
            slices=slices,
            acted=joined.acted,
            seed=asked.seed,
        )
        yield Measured(metrics, *self._compared(joined))

    def _compared(self, joined: Joined) -> tuple[int, Bootstrap | None, list[Difference]]:
        if joined.former_p is None:
            return 0, None, []
        shared = np.flatnonzero(~np.isnan(joined.former_p[:, 0]))
        if not len(shared):
            return 0, None, []
        here = joined.sample.take(shared)
        former_p = np.minimum(joined.former_p[shared], 1.0)
        there = replace(here, p=former_p)
        number = self.measures.replicates or replicates_for(Grouping.of(here).count)
        differences = compare_samples(here, there, replicates=number, seed=self.measures.seed)
        return len(shared), Bootstrap(replicates=number, seed=self.measures.seed), differences
