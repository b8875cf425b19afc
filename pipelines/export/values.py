"""Values of the export's flags: tasks, moments, names of columns."""

from __future__ import annotations

import argparse

from moderation.records.layout import parse_columns
from pipelines.command.flags import UsageError, split_list
from schemas.moments import parse_moment as parse_utc
from schemas.records import Kind, fields_of

DECISION_FIELDS = ("item_id", "task", "label", "reviewer", "decided_at")
TASKS = "tweet_pair=entailment,meme=hateful"
_RESERVED = frozenset({"label", "provenance", "extras"}.union(*map(fields_of, Kind)))


def parse_tasks(text: str) -> dict[Kind, str]:
    """``"meme=hateful"`` as the task that a kind's label answers; raises ``UsageError``."""
    tasks: dict[Kind, str] = {}
    for pair in split_list(text):
        kind, equals, task = pair.partition("=")
        if not equals or not task or kind not in [each.value for each in Kind]:
            raise UsageError(f"write KIND=TASK, as in {TASKS}")
        tasks[Kind(kind)] = task
    if not tasks:
        raise UsageError(f"name a task for a kind at least, as in {TASKS}")
    return tasks


def parse_decision_columns(text: str) -> dict[str, str]:
    """``"label=choice,task="`` as field → column; raises ``LayoutError``."""
    return parse_columns(text, fields=DECISION_FIELDS, may_lack=("task",))


def parse_moment(text: str) -> str:
    """A moment as UTC, ISO 8601 to the microsecond; raises ``UsageError``."""
    try:
        return parse_utc(text).isoformat(timespec="microseconds")
    except ValueError:
        raise UsageError(
            "write a day or a moment as ISO 8601, as in 2026-01-31 or 2026-01-31T12:00:00Z"
        ) from None


def parse_keep_columns(text: str) -> tuple[str, ...]:
    """Names of columns; raises ``UsageError`` for one that the set writes itself."""
    names = split_list(text)
    taken = sorted(_RESERVED.intersection(names))
    if taken:
        raise UsageError(f"{taken[0]!r} is a column that the set writes itself")
    if len(set(names)) != len(names):
        raise UsageError("a column is named twice")
    return names


def moment(text: str) -> str:
    """``parse_moment`` as a type for argparse."""
    try:
        return parse_moment(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: {error}") from None
