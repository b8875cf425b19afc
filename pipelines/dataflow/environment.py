"""Beam's options as the environment of a template's launch, which has names of its own for them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.command.usage import UsageError

_NAMES = {
    "autoscaling_algorithm": "autoscalingAlgorithm",
    "dataflow_kms_key": "kmsKeyName",
    "disk_size_gb": "diskSizeGb",
    "experiments": "additionalExperiments",
    "flexrs_goal": "flexrsGoal",
    "labels": "additionalUserLabels",
    "machine_type": "machineType",
    "max_num_workers": "maxWorkers",
    "network": "network",
    "num_workers": "numWorkers",
    "sdk_container_image": "sdkContainerImage",
    "service_account_email": "serviceAccountEmail",
    "staging_location": "stagingLocation",
    "subnetwork": "subnetwork",
    "temp_location": "tempLocation",
    "use_public_ips": "ipConfiguration",
    "worker_region": "workerRegion",
    "worker_zone": "workerZone",
}
_WORDS: Mapping[str, Mapping[Any, str]] = {
    "autoscaling_algorithm": {
        "NONE": "AUTOSCALING_ALGORITHM_NONE",
        "THROUGHPUT_BASED": "AUTOSCALING_ALGORITHM_BASIC",
    },
    "flexrs_goal": {
        "COST_OPTIMIZED": "FLEXRS_COST_OPTIMIZED",
        "SPEED_OPTIMIZED": "FLEXRS_SPEED_OPTIMIZED",
    },
    "use_public_ips": {True: "WORKER_IP_PUBLIC", False: "WORKER_IP_PRIVATE"},
}
_ELSEWHERE = {"project", "region", "job_name", "runner", "dataflow_endpoint", "sdk_location"}
_ELSEWHERE |= {"no_wait_until_finish", "worker_harness_container_image"}
"""What the request has another place for, or a launch does anyway."""


def environment(beam: PipelineOptions) -> dict[str, Any]:
    """Those of Beam's options that were given, as Dataflow's ``FlexTemplateRuntimeEnvironment``.

    Raises:
        UsageError: for an option that it has no place for.
    """
    found: dict[str, Any] = {}
    for name, value in beam.get_all_options(drop_default=True).items():
        if name in _ELSEWHERE:
            continue
        if name not in _NAMES:
            raise UsageError(
                f"--{name} is nothing that a template's launch takes: submit the job from here, "
                "without --template"
            )
        said = labels(value) if name == "labels" else _WORDS.get(name, {}).get(value, value)
        found[_NAMES[name]] = said
    return found


def labels(given: list[str]) -> dict[str, str]:
    """Labels of the job by their keys, read as Beam reads them; raises ``UsageError``."""
    found: dict[str, str] = {}
    for each in given:
        key, _, value = each.partition("=")
        try:
            found |= ast.literal_eval(each) if "{" in each else {key: value}
        except (SyntaxError, ValueError, TypeError):
            raise UsageError(f"--label {each!r}: write KEY=VALUE") from None
    return found
