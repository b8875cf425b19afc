from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.portability.api import beam_runner_api_pb2

from pipelines.score.job import build
from pipelines.score.options import ScoreOptions
from pipelines.score.plan import RunPlan, make_plan

HINT = "type:nvidia-tesla-t4;count:1;install-nvidia-driver"


@pytest.fixture
def plan(tmp_path: Path, model: str) -> RunPlan:
    flags = ["--model", model, "--output", str(tmp_path), "--accelerator", HINT]
    options, _ = ScoreOptions.parse(flags)
    now = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
    return make_plan(options, now=now)


def lay_out(plan: RunPlan) -> beam_runner_api_pb2.Pipeline:
    pipeline = beam.Pipeline()
    build(pipeline, plan)
    proto: Any = pipeline.to_runner_api()
    return proto


def test_the_accelerator_is_asked_for_by_the_steps_that_infer_alone(plan: RunPlan) -> None:
    components = lay_out(plan).components
    hinted = {
        transform.unique_name
        for transform in components.transforms.values()
        if not transform.subtransforms
        and components.environments[transform.environment_id].resource_hints
    }
    assert hinted
    assert all(name.startswith(("Score/", "Close/Looked/")) for name in hinted)
    assert any("BeamML_RunInference" in name for name in hinted)


def test_the_steps_are_named_by_what_they_do(plan: RunPlan) -> None:
    proto = lay_out(plan)
    [root] = proto.root_transform_ids
    names = [
        proto.components.transforms[name].unique_name
        for name in proto.components.transforms[root].subtransforms
    ]
    order = ["Read", "Distinct", "Score", "Join", "Decide", "Close"]
    assert [name for name in names if name in order] == order
