"""Logs of workers: a worker learns whose run it works for from the first step that it sets up.

Beam has nothing of a run's own that reaches all workers before their steps: its worker pools start
processes without looking at pipeline options. Steps reach every one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from moderation.logs.lines import Source
from moderation.logs.process import write_json

_WRAPPED = ("moderation.", "apache_beam.ml.inference.")
"""Where steps are that have something to say: ours, and the one that loads the model."""


@dataclass(eq=False)
class WithLogs(beam.DoFn):
    """Does what another DoFn does, in a worker whose records are lines of JSON."""

    fn: Any
    source: Source
    verbose: bool

    def __post_init__(self) -> None:
        self._take_its_place()

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._take_its_place()

    def __getstate__(self) -> dict[str, Any]:
        return {"fn": self.fn, "source": self.source, "verbose": self.verbose}

    def setup(self) -> None:
        """From here on the worker's records are the run's."""
        write_json(self.source, verbose=self.verbose)
        self.fn.setup()

    def _take_its_place(self) -> None:
        """Its own methods are called: nothing comes between the engine and a row."""
        for name in ("process", "start_bundle", "finish_bundle", "teardown"):
            setattr(self, name, getattr(self.fn, name))


class _Tell(beam.pipeline.PipelineVisitor):
    def __init__(self, source: Source, verbose: bool) -> None:
        self.source, self.verbose = source, verbose
        self.told: list[str] = []

    def visit_transform(self, transform_node: Any) -> None:
        transform = transform_node.transform
        if not isinstance(transform, beam.ParDo) or not _can_wrap(transform):
            return
        transform.fn = transform.dofn = WithLogs(transform.fn, self.source, self.verbose)
        self.told.append(transform_node.full_label)


def _can_wrap(transform: Any) -> bool:
    """A DoFn that gets nothing of the engine but its elements."""
    signature = transform._signature
    return (
        type(transform.fn).__module__.startswith(_WRAPPED)
        and not isinstance(transform.fn, WithLogs)
        and not signature.is_splittable_dofn()
        and not signature.is_stateful_dofn()
    )


def tell_workers(pipeline: Any, source: Source, *, verbose: bool) -> list[str]:
    """Have a pipeline's workers write JSON; the labels of the steps that tell them.

    Args:
        pipeline: laid out, not run yet.
        source: whose records theirs are.
        verbose: records of libraries, too.
    """
    tell = _Tell(source, verbose)
    pipeline.visit(tell)
    return tell.told
