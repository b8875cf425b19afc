"""An engine that is not there yet: the last words say how to come by it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.prism_runner import PrismJobServer
from apache_beam.utils.subprocess_server import JavaJarServer

from moderation.runs.directory import RunDirectory
from pipelines.command import ending
from pipelines.command.launch import handed_over

NOBODY = "http://127.0.0.1:9"


def failure(fetch: Callable[[], object]) -> Exception:
    """What Beam raises where nothing can be fetched."""
    with pytest.raises(RuntimeError) as raised:
        fetch()
    return raised.value


@pytest.mark.parametrize(
    ("fetch", "words"),
    [
        (lambda at: PrismJobServer.local_bin(f"{NOBODY}/prism.zip", at), "--prism_location"),
        (lambda at: JavaJarServer.local_jar(f"{NOBODY}/flink.jar", at), "deploy/flink"),
    ],
    ids=["prism", "flink"],
)
def test_an_engine_that_cannot_be_fetched_is_told_with_the_way_to_it(
    fetch: Callable[[str], object], words: str, tmp_path: Path
) -> None:
    error = failure(lambda: fetch(str(tmp_path)))
    told = ending.failed(error, RunDirectory(str(tmp_path), "t"), verbose=False)
    assert "Unable to fetch remote" in told.splitlines()[0]
    assert words in told.splitlines()[1]


def test_other_failures_are_told_without_one(tmp_path: Path) -> None:
    told = ending.failed(ValueError("no"), RunDirectory(str(tmp_path), "t"), verbose=False)
    assert "--prism_location" not in told
    assert "deploy/flink" not in told


def test_a_template_was_written_and_a_job_was_submitted(tmp_path: Path) -> None:
    directory = RunDirectory(str(tmp_path), "t")
    written = PipelineOptions(["--template_location", "gs://bucket/templates/score"])
    told = handed_over(directory, written)
    assert told.startswith("written to gs://bucket/templates/score, nothing runs yet")
    assert "submitted" not in told
    assert handed_over(directory, PipelineOptions([])).startswith("submitted; ")
