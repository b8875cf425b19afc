"""Which nights there are, and what is left to do of each."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from moderation.runs.committed import RunError, read_manifest
from moderation.runs.directory import RunDirectory
from moderation.storage.listing import find_inputs
from moderation.storage.patterns import expand
from moderation.storage.places import PlaceError, place
from moderation.storage.stores import expect_reachable, literally
from moderation.storage.trees import tree_of
from pipelines.command.usage import UsageError, in_flags
from pipelines.nightly.options import NIGHT, NightlyOptions, parse_day

_DAY = r"(\d{4}-\d\d-\d\d)"
_ONE = datetime.timedelta(days=1)


class State(str, Enum):
    """What a night is before this command does anything."""

    COMMITTED = "committed"
    LATE = "late"
    """Committed, and records came since."""
    BEGUN = "begun"
    """A run of it was begun and did not commit."""
    MISSED = "missed"
    """No run of it was ever begun."""
    NO_INPUTS = "no inputs"


@dataclass(frozen=True, slots=True)
class Night:
    """A day, its inputs and its run's place."""

    day: datetime.date
    inputs: str
    directory: RunDirectory
    state: State
    why: str = ""
    """Of a late one, what came since."""


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to know before the first night is scored."""

    nights: tuple[Night, ...]
    """That were looked at, oldest first."""
    older: tuple[datetime.date, ...]
    """With inputs and without a committed run, from before these."""


def find_nights(options: NightlyOptions, today: datetime.date) -> Found:
    """Look at the inputs and at the runs.

    Args:
        options: which nights are meant.
        today: in UTC; its own night is not over.

    Raises:
        UsageError: inputs or runs cannot be listed.
    """
    output, pattern = place(options.output), options.input or ""
    last = options.night or options.until or today - _ONE
    first = last if options.night else last - (options.look_back - 1) * _ONE
    try:
        expect_reachable(output)
        days = sorted(day for day in _days(pattern) if day <= last)
        wanted = [day for day in days if day >= first]
        gaps = _gaps([*wanted, last])
        nights = [_look_at(day, pattern, output) for day in wanted]
        nights += [_without_inputs(day, pattern, output) for day in gaps]
        older = () if options.night else _uncommitted((d for d in days if d < first), output)
    except (OSError, ValueError, RunError) as error:
        raise UsageError(in_flags(error)) from error
    return Found(tuple(sorted(nights, key=lambda night: night.day)), tuple(older))


def _days(pattern: str) -> Iterator[datetime.date]:
    """Days for which something lies where the nights' inputs do."""
    before, after = pattern.split(NIGHT)
    name = after.split("/", 1)[0]
    try:
        where = f"{literally(place(before + 'x')[:-1])}*{literally(name)}"
    except PlaceError as error:
        raise UsageError(f"--input {pattern!r}: {error}") from error
    form = re.compile(rf"{_DAY}{re.escape(name)}$")
    for entry, _ in expand(tree_of(where), where):
        if found := form.search(entry.path):
            try:
                yield parse_day(found.group(1))
            except UsageError:  # 2026-13-45
                continue


def _gaps(days: list[datetime.date]) -> list[datetime.date]:
    """Days between the first and the last of them that are none of them, and the last one."""
    known = set(days[:-1])
    span = (days[-1] - min(days)).days
    between = [min(days) + number * _ONE for number in range(span + 1)]
    return [day for day in between if day not in known]


def _without_inputs(day: datetime.date, pattern: str, output: str) -> Night:
    directory = RunDirectory(output, day.isoformat())
    state = State.COMMITTED if directory.committed else State.NO_INPUTS
    return Night(day, pattern.replace(NIGHT, day.isoformat()), directory, state)


def _look_at(day: datetime.date, pattern: str, output: str) -> Night:
    inputs = pattern.replace(NIGHT, day.isoformat())
    directory = RunDirectory(output, day.isoformat())
    if directory.committed:
        came = _came_since(directory, inputs)
        return Night(day, inputs, directory, State.LATE if came else State.COMMITTED, came)
    begun = tree_of(directory.path).entry(directory.path)
    return Night(day, inputs, directory, State.BEGUN if begun else State.MISSED)


def _came_since(directory: RunDirectory, inputs: str) -> str:
    """What lies among the inputs and was not read, by name and size; empty where nothing does."""
    manifest = read_manifest(directory.path, name="output")
    read = {entry.path: entry.bytes for entry in manifest.inputs}
    there = find_inputs([inputs], pictures=True).files
    new = [file.path for file in there if file.path not in read]
    other = [file.path for file in there if read.get(file.path, file.bytes) != file.bytes]
    told = [f"{len(new):,} new"] * bool(new) + [f"{len(other):,} of another size"] * bool(other)
    return f"{' and '.join(told)}, as in {(new + other)[0]}" if told else ""


def _uncommitted(days: Iterator[datetime.date], output: str) -> list[datetime.date]:
    return [day for day in days if not RunDirectory(output, day.isoformat()).committed]
