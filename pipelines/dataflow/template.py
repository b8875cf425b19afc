"""A Flex Template: its file in a bucket, and the request that launches it."""

from __future__ import annotations

import json
from typing import Any

from google.api_core.client_options import ClientOptions
from google.cloud import dataflow_v1beta3 as dataflow

from moderation.storage import files
from pipelines.dataflow.environment import environment
from pipelines.dataflow.launcher import joined
from pipelines.dataflow.metadata import metadata, parameter_of
from pipelines.dataflow.settings import DISK_GB, MACHINE_TYPE, MAX_WORKERS, Settings
from pipelines.score.options import ScoreOptions

_ANSWER_S = 120.0
"""For the answer to a launch; the launcher itself starts later."""


def template(settings: Settings) -> dict[str, Any]:
    """The file: image, parameters, and what workers are unless a launch says otherwise.

    Raises:
        UsageError: for a flag that a template has no place for.
    """
    own = {
        "sdkContainerImage": settings.given.image,
        "machineType": MACHINE_TYPE,
        "maxWorkers": MAX_WORKERS,
        "diskSizeGb": DISK_GB,
    }
    return {
        "image": settings.given.image,
        "sdkInfo": {"language": "PYTHON"},
        "metadata": metadata(),
        "defaultEnvironment": {**own, **environment(settings.beam)},
    }


def request(settings: Settings) -> dict[str, Any]:
    """The launch; raises ``UsageError`` for a flag that it has no place for."""
    places = {
        "tempLocation": settings.temp_location,
        "stagingLocation": settings.staging_location,
    }
    return {
        "projectId": settings.cloud.project,
        "location": settings.cloud.region,
        "launchParameter": {
            "jobName": settings.job_name,
            "containerSpecGcsPath": settings.given.template,
            "parameters": {**parameters(settings), "output": settings.output},
            "environment": {**environment(settings.beam), **places},
        },
    }


def parameters(settings: Settings) -> dict[str, str]:
    """The flags of ``pipelines.score`` that were typed, as a template takes them."""
    parser = ScoreOptions.parser()
    for flag in parser._actions:
        flag.type, flag.default = None, None  # as typed, and only what was
    known, _ = parser.parse_known_args(settings.words)
    return {
        parameter_of(flag): _text(value)
        for flag in parser._actions
        if (value := getattr(known, flag.dest, None)) is not None
    }


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return joined([word for words in value for word in words]) if isinstance(value, list) else value


def write(settings: Settings) -> None:
    """Put the template's file in its place; raises ``OSError`` where the store refuses it."""
    made = json.dumps(template(settings), indent=2, ensure_ascii=False)
    files.write_bytes(settings.given.template or "", f"{made}\n".encode())


def launch(settings: Settings) -> str:
    """Ask Dataflow to launch the template; the id of the job.

    Raises:
        GoogleAPIError: it is refused, or cannot be reached.
        GoogleAuthError: nobody is logged in.
    """
    made = dataflow.LaunchFlexTemplateRequest.from_json(json.dumps(request(settings)))
    endpoint = ClientOptions(api_endpoint=settings.cloud.dataflow_endpoint)
    client = dataflow.FlexTemplatesServiceClient(transport="rest", client_options=endpoint)
    answer: str = client.launch_flex_template(made, timeout=_ANSWER_S).job.id
    return answer
