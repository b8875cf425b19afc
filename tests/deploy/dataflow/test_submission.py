"""The job that Dataflow gets, by both ways, from stand-ins of it and of its bucket."""

from __future__ import annotations

import hashlib
import json

import pytest

from pipelines.dataflow.__main__ import main
from tests.deploy.dataflow.conftest import HINT, IMAGE, NIGHT, SECRETS, Cloud, Night
from tests.deploy.dataflow.submitted import Submitted, enum, launched

pytestmark = pytest.mark.slow
ACCELERATOR = "beam:resources:accelerator:v1"


@pytest.fixture(params=["direct", "template"])
def submitted(night: Night, request: pytest.FixtureRequest) -> Submitted:
    found: Submitted = getattr(night, request.param)
    return found


def test_the_accelerator_is_asked_for_where_items_are_fetched_and_judged_and_nowhere_else(
    submitted: Submitted,
) -> None:
    hinted = {step: hints for step, hints in submitted.hinted.items() if hints}
    assert {str(hints) for hints in hinted.values()} == {str({ACCELERATOR: HINT.encode()})}
    assert any("BeamML_RunInference" in step for step in hinted)
    assert all(step.startswith(("Score/", "Close/Looked/")) for step in hinted)
    assert {"Read", "Join", "Decide"} <= {step.split("/")[0] for step in submitted.hinted}


def test_workers_run_the_image_with_one_process_a_machine(submitted: Submitted) -> None:
    images = submitted.pool["sdkHarnessContainerImages"]
    assert {each["containerImage"] for each in images} == {IMAGE}
    assert submitted.pool["kind"] == "harness"
    experiments = submitted.environment["experiments"]
    assert "no_use_multiple_sdk_containers" in experiments
    assert "use_multiple_sdk_containers" not in experiments


def test_the_pool_and_the_job_are_what_was_asked_for(submitted: Submitted) -> None:
    pool = submitted.pool
    assert (pool["machineType"], pool["diskSizeGb"]) == ("n2-standard-4", 50)
    assert pool["autoscalingSettings"]["maxNumWorkers"] == 20
    assert pool["network"] == "inner"
    assert pool["subnetwork"] == "regions/europe-west4/subnetworks/inner"
    addresses = enum("WorkerIPAddressConfiguration", pool["ipConfiguration"])
    assert addresses == "WORKER_IP_PRIVATE"
    assert submitted.environment["serviceAccountEmail"] == "nightly@my-project.iam.test"
    assert submitted.job["labels"]["team"] == "safety"
    assert submitted.job["name"].startswith("moderation-")


def test_every_staged_file_lies_in_the_bucket_as_its_digest_says(submitted: Submitted) -> None:
    objects = submitted.store.objects()
    artifacts = [*submitted.artifacts()]
    assert artifacts
    for name, digest in artifacts:
        assert not digest or hashlib.sha256(objects[name]).hexdigest() == digest
    packages = submitted.pool["packages"]
    assert {each["name"] for each in packages} <= set(submitted.staged)
    assert "pipeline.pb" in submitted.staged


def test_nothing_of_the_environment_that_submits_is_sent(submitted: Submitted) -> None:
    sent = [json.dumps(submitted.job).encode(), *submitted.staged.values()]
    for secret in ("hush", *SECRETS, "Bearer", "refresh_token", "pip.test"):
        assert not [data for data in sent if secret.encode() in data], secret
    assert "submission_environment_dependencies.txt" not in submitted.staged


def test_both_ways_make_the_same_job(night: Night) -> None:
    direct, template = night.direct, night.template
    assert direct.hinted == template.hinted
    for part in ("serviceAccountEmail", "experiments", "userAgent", "version"):
        assert direct.environment[part] == template.environment[part], part
    differ = {
        name
        for name in direct.options | template.options
        if direct.options.get(name) != template.options.get(name)
    }
    own = {"job_name", "staging_location", "temp_location", "pipelineUrl", "pipelineProtoHash"}
    assert differ == {*own, "labels", "template_location", "dataflow_endpoint"}
    for name in ("autoscalingSettings", "diskSizeGb", "kind", "machineType", "subnetwork"):
        assert direct.pool[name] == template.pool[name], name
    images = [job.pool["sdkHarnessContainerImages"] for job in (direct, template)]
    assert sorted(map(str, images[0])) == sorted(map(str, images[1]))


def test_submitted_is_said_of_what_was_submitted_alone(night: Night, cloud: Cloud) -> None:
    end = f"gs://{cloud.store.bucket}/runs/run_id="
    assert f"submitted; {end}2026-01-01/_SUCCESS will mark its end" in night.told["direct"]
    assert f"written to {cloud.template}, of {IMAGE}" in night.told["template"]
    assert "launch of job-" in night.told["template"]
    assert "/job_object, nothing runs yet" in night.told["launcher"]
    assert not [way for way in ("template", "launcher") if "submitted;" in night.told[way]]


def test_a_job_that_ends_without_a_commit_is_no_success(
    fresh: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(fresh.flags("--image", IMAGE, run_id="three")) == 1
    assert any(asked.startswith("GET ") for asked in fresh.dataflow.asked)
    assert "ended at its engine, and gs://" in capsys.readouterr().err
    (job,) = fresh.dataflow.jobs
    without = Submitted(job, fresh.store)
    assert not [hints for hints in without.hinted.values() if hints]
    assert "use_multiple_sdk_containers" in without.environment["experiments"]


@pytest.mark.parametrize("way", ["direct", "template"])
def test_a_refusal_is_told_in_the_services_words(
    fresh: Cloud, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    fresh.dataflow.refusal = (400, "quota of nvidia-l4 is exceeded")
    by = ["--template", fresh.template] if way == "template" else ["--image", IMAGE]
    assert main(fresh.flags(*by, *NIGHT, run_id=f"refused-{way}")) == 1
    told = capsys.readouterr()
    assert "quota of nvidia-l4 is exceeded" in told.err
    assert "submitted" not in told.out + told.err


def test_a_launcher_that_is_given_what_cannot_be_used_fails_its_launch(
    fresh: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = [f"--input={fresh.store.path('none/')}", f"--output={fresh.store.path('runs')}"]
    assert launched([*flags, "--runner=DataflowRunner", "--project=my-project"]) == 2
    assert "matches no" in capsys.readouterr().err
    assert fresh.dataflow.asked == []
