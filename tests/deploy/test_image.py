"""The Dockerfile: what a build sees of the project, and what starts in the image."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.deploy.dockerfile import ROOT, Step, context, copied, steps


@pytest.fixture(scope="module")
def made() -> list[Step]:
    return steps(LOCK="gpu")


def test_what_is_copied_is_there_and_seen_by_the_build(made: list[Step]) -> None:
    own = [step for step in made if step.word == "COPY" and not step.from_another_image]
    assert len(own) == 3
    for step in own:
        *sources, target = step.said.split()
        found = copied(step)
        assert found, step.said
        assert sources == ["."] or {str(each) for each in found} == {*sources}
        assert all(str(place).startswith(target.rstrip("/")) for place in found.values())


def test_a_build_sees_what_is_installed_and_what_launches_and_nothing_else() -> None:
    seen = {each.parts[0] for each in context()}
    assert {"moderation", "pipelines", "schemas", "pyproject.toml", "setup.py"} <= seen
    assert not seen & {"tests", "docs", "workshop", "findings", ".git"}
    assert Path("moderation/runs/claim.py") in context()
    deploy = [each for each in context() if each.parts[0] == "deploy"]
    assert deploy == [Path("deploy/dataflow/launch.py")]


def test_an_engine_starts_beams_worker_and_a_launcher_finds_its_file(made: list[Step]) -> None:
    (entry,) = [step.said for step in made if step.word == "ENTRYPOINT"]
    assert entry == '["/opt/apache/beam/boot"]'
    variables = dict(step.said.partition("=")[::2] for step in made if step.word == "ENV")
    launches = variables["FLEX_TEMPLATE_PYTHON_PY_FILE"]
    places = {
        str(place): source
        for step in made
        if step.word == "COPY" and not step.from_another_image
        for source, place in copied(step).items()
    }
    assert "pipelines.dataflow.launcher" in (ROOT / places[launches]).read_text()
    assert not {"FLEX_TEMPLATE_PYTHON_REQUIREMENTS_FILE"} & {
        *variables
    }  # it would be fetched again
    (other,) = [step.said.split() for step in made if step.from_another_image]
    assert other[1] == other[2] == "/opt/google/dataflow/python_template_launcher"


def test_the_image_holds_the_lock_that_was_asked_for(made: list[Step]) -> None:
    installs = [shlex.split(step.said) for step in made if "install.py" in step.said][1]
    assert installs[installs.index("/tmp/requirements/install.py") + 1] == "gpu"
    files = next(step for step in made if "requirements/gpu.txt" in step.said)
    assert Path("requirements/gpu.txt") in copied(files)
