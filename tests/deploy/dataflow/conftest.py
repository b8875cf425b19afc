"""One night submitted by both ways to stand-ins of Dataflow and of its bucket."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import pytest

from pipelines.dataflow.__main__ import main
from tests.deploy.dataflow import service
from tests.deploy.dataflow.submitted import Submitted, flags_of, launched
from tests.faults.store import Store, fresh_bucket

HINT = "type:nvidia-l4;count:1;install-nvidia-driver"
IMAGE = "europe-west4-docker.pkg.dev/my-project/images/moderation-pipeline:gpu"
SECRETS = {"REVIEW_TOOL_TOKEN": "hush-41d8", "PIP_INDEX_URL": "https://me:hush-77aa@pip.test/"}
"""Of the environment that submits."""


@dataclass(frozen=True)
class Cloud:
    """The stand-ins."""

    dataflow: service.Service
    store: Store

    @property
    def template(self) -> str:
        return self.store.path("templates/moderation.json")

    def flags(self, *more: str, run_id: str = "2026-01-01") -> list[str]:
        """Those that both ways are given."""
        flags = {
            "--project": "my-project",
            "--region": "europe-west4",
            "--bucket": f"gs://{self.store.bucket}",
            "--dataflow_endpoint": service.URL,
            "--input": self.store.path("items/dt=2026-01-01/"),
            "--run_id": run_id,
        }
        return [word for pair in flags.items() for word in pair] + [*more]


NIGHT = [
    *("--accelerator", HINT, "--reuse", "latest", "--max_dead_letter_ratio", ".2", "dns=.1"),
    *("--service_account_email", "nightly@my-project.iam.test", "--label", "team=safety"),
    *(
        "--network",
        "inner",
        "--subnetwork",
        "regions/europe-west4/subnetworks/inner",
        "--no_use_public_ips",
    ),
]


@pytest.fixture(scope="module")
def cloud(store_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    store = fresh_bucket(store_url)
    records = [{"id": n, "img": None, "text": f"meme {n}"} for n in range(5)]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    store.put("items/dt=2026-01-01/memes.jsonl", lines.encode())
    with service.serve() as dataflow, pytest.MonkeyPatch.context() as patch:
        for name, value in (store.environment | dataflow.environment | SECRETS).items():
            patch.setenv(name, value)
        yield Cloud(dataflow, store)


@dataclass(frozen=True)
class Night:
    """The same night, by both ways, and what was said of it."""

    direct: Submitted
    template: Submitted
    told: dict[str, str]


@pytest.fixture(scope="module")
def night(cloud: Cloud) -> Night:
    told: dict[str, str] = {}
    dataflow, store = cloud.dataflow, cloud.store
    here = cloud.flags("--image", IMAGE, *NIGHT, "--no_wait_until_finish")
    code, told["direct"] = heard(lambda: main(here))
    assert code == 0, told["direct"]
    (direct,) = dataflow.jobs
    assert dataflow.asked == [f"POST {service.URL}{service.JOBS}"]

    by_template = cloud.flags("--template", cloud.template, "--image", IMAGE, *NIGHT, run_id="two")
    code, told["template"] = heard(lambda: main(by_template))
    assert code == 0, told["template"]
    written = json.loads(store.objects()["templates/moderation.json"])
    flags = flags_of(dataflow.launches[0], written)
    code, told["launcher"] = heard(lambda: launched(flags))
    assert code == 0, told["launcher"]
    job = json.loads(store.objects()["dataflow/staging/template_launches/1/job_object"])
    assert len(dataflow.asked) == 2  # a launcher writes its job down and asks for nothing
    return Night(Submitted(direct, store), Submitted(job, store), told)


def heard(command: Callable[[], int]) -> tuple[int, str]:
    """A command's exit code, and what it says."""
    told = io.StringIO()
    with redirect_stdout(told), redirect_stderr(told):
        code = command()
    return code, told.getvalue()


@pytest.fixture
def fresh(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The stand-ins, with a service that has been asked nothing."""
    with service.serve() as dataflow:
        for name, value in dataflow.environment.items():
            monkeypatch.setenv(name, value)
        yield Cloud(dataflow, cloud.store)
