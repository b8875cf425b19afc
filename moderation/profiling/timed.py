"""A DoFn measured from outside: what it does itself, and not what others do with what it gives."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from moderation.profiling.meter import meter
from schemas.profile import ProfileStage


@dataclass(eq=False)
class Timed(beam.DoFn):
    """Does what another DoFn does. Between two of its outputs the engine works on the first."""

    fn: Any
    stage: ProfileStage
    run_id: str

    def setup(self) -> None:
        """A worker measures from its first word of the run."""
        meter.begin(self.run_id)
        self.fn.setup()

    def start_bundle(self) -> None:
        """As the other's."""
        with meter.thread(self.stage):
            self.fn.start_bundle()

    def process(self, element: Any, **kwargs: Any) -> Iterator[Any]:
        """As the other's."""
        return self._outputs(lambda: self.fn.process(element, **kwargs))

    def finish_bundle(self) -> Iterator[Any]:
        """As the other's."""
        return self._outputs(self.fn.finish_bundle)

    def teardown(self) -> None:
        """As the other's."""
        self.fn.teardown()

    def _outputs(self, work: Callable[[], Iterable[Any] | None]) -> Iterator[Any]:
        done = object()
        clock, processor = time.perf_counter_ns(), time.thread_time_ns()
        outputs = iter(work() or ())
        while True:
            output = next(outputs, done)
            now, spent = time.perf_counter_ns(), time.thread_time_ns()
            meter.add(self.stage, clock_ns=now - clock, thread_ns=spent - processor)
            if output is done:
                return
            yield output
            clock, processor = time.perf_counter_ns(), time.thread_time_ns()


class _Measure(beam.pipeline.PipelineVisitor):
    def __init__(self, stages: dict[str, ProfileStage], run_id: str) -> None:
        self.stages, self.run_id = stages, run_id
        self.measured: list[str] = []

    def visit_transform(self, transform_node: Any) -> None:
        transform, label = transform_node.transform, transform_node.full_label
        stage = next((s for part, s in self.stages.items() if part in f"/{label}/"), None)
        if stage is None or not _measurable(transform):
            return
        transform.fn = transform.dofn = Timed(transform.fn, stage, self.run_id)
        self.measured.append(label)


def _measurable(transform: Any) -> bool:
    """A DoFn that gets nothing of the engine but its elements, and was not measured yet."""
    if not isinstance(transform, beam.ParDo) or isinstance(transform.fn, Timed):
        return False
    signature = transform._signature
    return not (
        transform.args
        or transform.side_inputs
        or signature.is_splittable_dofn()
        or signature.is_stateful_dofn()
        or signature.process_method.defaults
    )


def measure(pipeline: Any, stages: dict[str, ProfileStage], *, run_id: str) -> list[str]:
    """Have DoFns of a pipeline that is laid out measured; the labels of those that are.

    Args:
        pipeline: not run yet.
        stages: by a part of the label, as in ``/Read/``; the first that fits counts.
        run_id: whose profile it is.
    """
    found = _Measure(stages, run_id)
    pipeline.visit(found)
    return found.measured
