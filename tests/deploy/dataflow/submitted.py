"""A job as Dataflow gets it, and the files that were staged for it."""

from __future__ import annotations

import hashlib
import runpy
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from apache_beam.portability.api import beam_runner_api_pb2

from tests.faults.store import Store

LAUNCH = Path(__file__).parents[3] / "deploy" / "dataflow" / "launch.py"


@dataclass(frozen=True)
class Submitted:
    """One job, as JSON has it."""

    job: Mapping[str, Any]
    store: Store

    @property
    def environment(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.job["environment"]
        return found

    @property
    def pool(self) -> Mapping[str, Any]:
        (found,) = self.environment["workerPools"]
        assert isinstance(found, dict)
        return found

    @property
    def options(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.environment["sdkPipelineOptions"]["options"]
        return found

    @property
    def staged(self) -> dict[str, bytes]:
        """By name, what lies in the job's own folder."""
        return self.store.objects(self._name(f"{self.options['staging_location']}/"))

    @property
    def steps(self) -> beam_runner_api_pb2.Components:
        """The pipeline that was staged; what the job says of its digest holds."""
        data = self.staged["pipeline.pb"]
        assert hashlib.sha256(data).hexdigest() == self.options["pipelineProtoHash"]
        assert self.options["pipelineUrl"] == f"{self.options['staging_location']}/pipeline.pb"
        return beam_runner_api_pb2.Pipeline.FromString(data).components

    @property
    def hinted(self) -> dict[str, dict[str, bytes]]:
        """By step, what it asks of its machine."""
        steps = self.steps
        return {
            step.unique_name: dict(steps.environments[step.environment_id].resource_hints)
            for step in steps.transforms.values()
            if not step.subtransforms and step.environment_id
        }

    def artifacts(self) -> Iterator[tuple[str, str]]:
        """Name in the bucket and digest of each file that workers are to fetch."""
        for environment in self.steps.environments.values():
            for each in environment.dependencies:
                payload = beam_runner_api_pb2.ArtifactUrlPayload.FromString(each.type_payload)
                yield self._name(payload.url), payload.sha256

    def _name(self, url: str) -> str:
        return url.removeprefix(f"gs://{self.store.bucket}/")


def flags_of(launch: Mapping[str, Any], template: Mapping[str, Any]) -> list[str]:
    """What Google's launcher gives the image's Python file.

    Args:
        launch: the request that was taken, and where.
        template: the file that it names.
    """
    asked = launch["launchParameter"]
    settings = {**template["defaultEnvironment"], **asked["environment"]}
    named = {
        "sdkContainerImage": "sdk_container_image",
        "machineType": "machine_type",
        "maxWorkers": "max_num_workers",
        "diskSizeGb": "disk_size_gb",
        "serviceAccountEmail": "service_account_email",
        "network": "network",
        "subnetwork": "subnetwork",
        "tempLocation": "temp_location",
        "stagingLocation": "staging_location",
    }
    flags = {named[name]: value for name, value in settings.items() if name in named}
    labels = {"goog-dataflow-provided-template-type": "flex", **settings["additionalUserLabels"]}
    flags |= {
        "runner": "DataflowRunner",
        "project": launch["project"],
        "region": launch["region"],
        "job_name": asked["jobName"],
        "labels": str(labels).replace("'", '"'),
        "template_location": f"{settings['stagingLocation']}/template_launches/1/job_object",
        **asked["parameters"],
    }
    switch = {"WORKER_IP_PRIVATE": "--no_use_public_ips", "WORKER_IP_PUBLIC": "--use_public_ips"}
    addresses = enum("WorkerIPAddressConfiguration", settings["ipConfiguration"])
    return [*(f"--{name}={value}" for name, value in flags.items()), switch[addresses]]


def enum(name: str, value: int | str) -> str:
    """A word of one of Dataflow's enums, which requests have as a number and files as a word."""
    from google.cloud import dataflow_v1beta3

    return value if isinstance(value, str) else getattr(dataflow_v1beta3, name)(value).name


def launched(flags: list[str]) -> int:
    """Run the image's Python file; its exit code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [str(LAUNCH), *flags])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(LAUNCH), run_name="__main__")
    code = ended.value.code
    assert isinstance(code, int)
    return code
