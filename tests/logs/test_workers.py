"""A worker's records name the run that it works for."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import apache_beam as beam
import pytest
from apache_beam.internal import pickler
from apache_beam.testing.util import assert_that, equal_to

from moderation.logs.lines import HANDS_ON, JsonLines, Source
from moderation.logs.process import OURS, json_line, write_json
from moderation.logs.workers import WithLogs, tell_workers

_SOURCE = Source("score", "2026-01-31")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What a process writes whose logs nobody set up; all is as before afterwards."""
    root, ours = logging.getLogger(), [logging.getLogger(name) for name in (*OURS, HANDS_ON)]
    before = root.handlers, root.level, [each.level for each in ours]
    written = io.StringIO()
    root.handlers = [logging.StreamHandler(written)]
    yield written
    for handler in root.handlers:  # pytest keeps its own for other tests
        handler.setFormatter(None)
        handler.filters.clear()
    root.handlers, level, levels = before
    root.setLevel(level)
    for each, was in zip(ours, levels, strict=True):
        each.setLevel(was)


def _lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_ours_is_written_and_of_others_what_went_wrong(stream: io.StringIO) -> None:
    write_json(_SOURCE)
    logging.getLogger("moderation.models.handler").info("the model is loaded")
    logging.getLogger("a_library.part").warning("chatter")
    logging.getLogger("a_library.part").error("broken")
    logging.warning("root's")
    assert [each["message"] for each in _lines(stream)] == ["the model is loaded", "broken"]
    assert {each["run_id"] for each in _lines(stream)} == {"2026-01-31"}


def test_verbose_lets_libraries_talk(stream: io.StringIO) -> None:
    write_json(_SOURCE)
    write_json(_SOURCE, verbose=True)
    logging.getLogger("a_library.part").info("chatter")
    assert [each["logger"] for each in _lines(stream)] == ["a_library.part"]


def test_the_last_source_counts(stream: io.StringIO) -> None:
    write_json(Source("score"))
    write_json(_SOURCE)
    line = json_line("done", level=logging.INFO, exit_code=0)
    assert line is not None
    assert json.loads(line) | {"time": ""} == json.loads(line) | {
        "time": "", "run_id": "2026-01-31", "exit_code": 0, "message": "done",
    }  # fmt: skip


def test_without_json_a_command_says_its_words(stream: io.StringIO) -> None:
    assert json_line("done", level=logging.INFO) is None


class _Step(beam.DoFn):
    def setup(self) -> None:
        self.ready = "ready"

    def process(self, element: int, window: object = beam.DoFn.WindowParam) -> Iterator[str]:
        yield f"{element} {self.ready} {type(window).__name__}"


_Step.__module__ = "moderation.step"


def test_every_step_of_ours_says_so_and_does_what_it_did(stream: io.StringIO) -> None:
    pipeline = beam.Pipeline(runner="DirectRunner")
    made = pipeline | beam.Create([1]) | "Step" >> beam.ParDo(_Step())
    assert_that(made, equal_to(["1 ready GlobalWindow"]))
    assert tell_workers(pipeline, _SOURCE, verbose=False) == ["Step"]
    assert tell_workers(pipeline, _SOURCE, verbose=False) == []
    pipeline.run().wait_until_finish()
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler.formatter, JsonLines)
    assert handler.formatter.source == _SOURCE


def test_a_step_arrives_at_its_worker(stream: io.StringIO) -> None:
    sent = WithLogs(_Step(), _SOURCE, verbose=False)
    arrived = pickler.loads(pickler.dumps(sent))
    arrived.setup()
    assert arrived.source == _SOURCE
    assert arrived.fn.ready == "ready"
    assert arrived.process.__self__ is arrived.fn
