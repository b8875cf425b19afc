"""Log records as JSON lines, under the names that Cloud Logging and its kin know.

Fields: ``time`` (RFC 3339, UTC), ``severity``, ``message``, ``logger``, ``command``, ``run_id``
(once there is one), ``pid``, ``thread``; ``stack_trace`` where an exception was logged,
``exit_code`` in a command's last line. Addresses lose what only their fetcher may know.
"""

from __future__ import annotations

import datetime
import json
import logging
import traceback
from dataclasses import dataclass
from typing import Any

from moderation.images.references.printing import safe_message

EXIT_CODE = "exit_code"
HANDS_ON = "apache_beam.runners.portability.local_job_service"
"""Beam's logger of what its local worker processes say."""
_HANDED_ON = r'message: "{\"time\": \"'
_SEVERITIES = {
    logging.CRITICAL: "CRITICAL",
    logging.ERROR: "ERROR",
    logging.WARNING: "WARNING",
    logging.INFO: "INFO",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Whose records they are."""

    command: str
    run_id: str | None = None


class JsonLines(logging.Formatter):
    """Makes one line of JSON of each record."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source

    def format(self, record: logging.LogRecord) -> str:
        """A record; what a worker process has written in this form already stays as it is."""
        message = record.getMessage()
        if is_of_worker(record):
            return _of_worker(message) or message
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        made = self._line(record.created, record.levelno, message)
        told = {"logger": record.name, "pid": record.process, "thread": record.threadName}
        if (code := getattr(record, EXIT_CODE, None)) is not None:
            told[EXIT_CODE] = code
        return _printed(made | told, trace)

    def _line(self, created: float, level: int, message: str) -> dict[str, Any]:
        time = datetime.datetime.fromtimestamp(created, datetime.timezone.utc)
        of_run = {"run_id": self.source.run_id} if self.source.run_id else {}
        return {
            "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "severity": _SEVERITIES.get(level, "DEBUG" if level < logging.INFO else "NOTICE"),
            "message": safe_message(message),
            "command": self.source.command,
            **of_run,
        }


def _printed(line: dict[str, Any], trace: str) -> str:
    stack = {"stack_trace": safe_message(trace)} if trace else {}
    return json.dumps(line | stack, ensure_ascii=False)


def is_of_worker(record: logging.LogRecord) -> bool:
    """Whether Beam's local engine hands a line on that a worker process wrote in this form."""
    return record.name == HANDS_ON and _HANDED_ON in record.getMessage()


def _of_worker(message: str) -> str | None:
    """The line in a ``LogEntry``, which comes as text of a protocol buffer."""
    from apache_beam.portability.api import beam_fn_api_pb2
    from google.protobuf import text_format

    try:
        entry = message.removeprefix("Worker: ")
        return str(text_format.Parse(entry, beam_fn_api_pb2.LogEntry()).message)
    except text_format.ParseError:
        return None
