"""The logs of one process: which of its records are written, and how.

Python's logging belongs to a whole process, and so does this.
"""

from __future__ import annotations

import logging
import sys

from moderation.logs.lines import EXIT_CODE, HANDS_ON, JsonLines, Source, is_of_worker

OURS = ("moderation", "pipelines")


class _Wanted(logging.Filter):
    """What this project says, here and in worker processes; of others what went wrong."""

    def filter(self, record: logging.LogRecord) -> bool:
        return (
            record.levelno >= logging.ERROR
            or record.name.split(".")[0] in OURS
            or is_of_worker(record)
        )


def write_json(source: Source, *, verbose: bool = False) -> None:
    """From now on every record of this process is a line of JSON; asked again, the last counts.

    Handlers that are there stay, such as that of a Beam worker, which sends records to its engine;
    where none is, records go to stderr.

    Args:
        source: whose records they are.
        verbose: all that libraries say, too.
    """
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler(sys.stderr))
    for handler in root.handlers:
        handler.setFormatter(JsonLines(source))
        for former in [each for each in handler.filters if isinstance(each, _Wanted)]:
            handler.removeFilter(former)
        if not verbose:
            handler.addFilter(_Wanted())
    root.setLevel(logging.INFO)
    for name in (*OURS, HANDS_ON):
        logging.getLogger(name).setLevel(logging.INFO)


def json_line(text: str, *, level: int, exit_code: int | None = None) -> str | None:
    """What a command says, at its end with a code; None where this process writes no JSON."""
    made = (each.formatter for each in logging.getLogger().handlers)
    lines = next((each for each in made if isinstance(each, JsonLines)), None)
    if lines is None:
        return None
    said = {"name": lines.source.command, "levelno": level, "msg": text, EXIT_CODE: exit_code}
    return lines.format(logging.makeLogRecord(said))
