"""Which of a scoring run's steps belong to which stage of its profile."""

from __future__ import annotations

from typing import Any

from moderation.profiling.timed import measure
from schemas.profile import ProfileStage as Stage

STAGES = {
    "/Read/PlanSpans/": Stage.READ,
    "/Read/ReadRows/": Stage.READ,
    "/Distinct/": Stage.JOIN,
    "/Known/": Stage.JOIN,
    "/Part/": Stage.JOIN,
    "/PackKnown/": Stage.JOIN,
    "/ByKind/": Stage.JOIN,
    "/Score/Fetch/": Stage.WAIT,
    "/Score/Meet/": Stage.JOIN,
    "/Score/Judge/": Stage.DECIDE,
    "/Score/Keep/": Stage.WRITE,
    "/Score/Pack/": Stage.JOIN,
    "/Decide/": Stage.DECIDE,
    "/Stage/Letter/": Stage.WRITE,
    "/Stage/Write/": Stage.WRITE,
    "/Tasks/": Stage.WRITE,
}
"""By a part of the steps' labels. Calls to the model, fetching and decoding measure themselves."""


def measured(pipeline: Any, *, run_id: str) -> list[str]:
    """Have a pipeline that is laid out measured; the labels of the steps that are."""
    return measure(pipeline, STAGES, run_id=run_id)
