"""A record as a line of JSON."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest
from apache_beam.portability.api import beam_fn_api_pb2

from moderation.logs.lines import HANDS_ON, JsonLines, Source, is_of_worker

_LINES = JsonLines(Source("score", "2026-01-31"))


def _record(message: str, *args: Any, name: str = "moderation.x", **more: Any) -> logging.LogRecord:
    return logging.makeLogRecord(
        {"name": name, "levelno": logging.WARNING, "msg": message, "args": args, **more}
    )


def _read(line: str) -> dict[str, Any]:
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_line_says_whose_it_is_and_when_it_was_written() -> None:
    line = _read(_LINES.format(_record("host %s is given up", "a.test", created=1.5)))
    assert line["time"] == "1970-01-01T00:00:01.500Z"
    assert line["severity"] == "WARNING"
    assert line["message"] == "host a.test is given up"
    assert (line["command"], line["run_id"]) == ("score", "2026-01-31")
    assert line["logger"] == "moderation.x"
    assert "exit_code" not in line
    assert "stack_trace" not in line


def test_before_a_run_has_an_id_there_is_none() -> None:
    assert "run_id" not in _read(JsonLines(Source("score")).format(_record("begun")))


def test_many_lines_of_a_text_stay_one_line() -> None:
    assert _read(_LINES.format(_record('a\nb "c" ü')))["message"] == 'a\nb "c" ü'


def test_an_address_loses_what_only_its_fetcher_may_know() -> None:
    line = _LINES.format(_record("at https://user:secret@a.test/b?token=hidden"))
    assert "secret" not in line
    assert "hidden" not in line
    assert "a.test/b" in line


def test_a_traceback_has_a_field_of_its_own() -> None:
    try:
        raise ValueError("no such thing")
    except ValueError:
        line = _read(_LINES.format(_record("failed", exc_info=sys.exc_info())))
    assert line["message"] == "failed"
    assert line["stack_trace"].splitlines()[-1] == "ValueError: no such thing"


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, logging.ERROR, logging.CRITICAL])
def test_severities_are_the_known_ones(level: int) -> None:
    line = _read(_LINES.format(_record("x", levelno=level)))
    assert line["severity"] == logging.getLevelName(level)


def test_what_a_worker_wrote_so_is_handed_on_as_it_is() -> None:
    of_worker = JsonLines(Source("score", "another")).format(_record("a worker's 'word' \\ ü\n."))
    handed_on = str(
        beam_fn_api_pb2.LogEntry(severity=beam_fn_api_pb2.LogEntry.Severity.WARN, message=of_worker)
    )
    beams = _record("Worker: %s", handed_on.replace("\n", " "), name=HANDS_ON)
    assert is_of_worker(beams)
    assert _LINES.format(beams) == of_worker
