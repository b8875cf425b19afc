"""Runs that go on: which one is meant, and what of it is there already."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from moderation.models.bundle import Bundle
from moderation.runs.directory import RunDirectory
from moderation.runs.journal_files import judged_by, newest_unfinished, note_start
from moderation.storage.stores import expect_reachable
from pipelines.command.places import output_folder
from pipelines.command.usage import UsageError

Given = TypeVar("Given")


def wants_resume(options: Any) -> bool:
    """Whether a run is to go on; only some commands have the flag."""
    return bool(getattr(options, "resume", False))


def which_run(options: Given) -> Given:
    """The options with the id of the run that is to go on.

    Raises:
        UsageError: there is none.
    """
    given: Any = options
    if not wants_resume(given) or given.run_id:
        return options
    output = output_folder(given.output)
    try:
        expect_reachable(output)
        found = newest_unfinished(output)
    except (OSError, ValueError) as error:
        raise UsageError(f"--output {given.output!r} cannot be looked into: {error}") from error
    if found is None:
        raise UsageError(
            f"--resume: no run under --output {given.output!r} was begun and not committed. "
            "Start one without --resume, or name one with --run_id"
        )
    named: Given = replace(given, run_id=found.run_id)
    return named


def done_before(options: Any) -> RunDirectory | None:
    """The committed run that is to go on, with nothing left to do; None where there is work."""
    if not wants_resume(options):
        return None
    directory = RunDirectory(output_folder(options.output), options.run_id)
    try:
        expect_reachable(directory.path)
        return directory if directory.committed else None
    except (OSError, ValueError) as error:
        raise UsageError(f"--output {options.output!r} cannot be looked into: {error}") from error


def begin(directory: RunDirectory, *, started_at: str, bundle: Bundle) -> str | None:
    """Note the start in the run's journal; what earlier starts left there, in words."""
    own, others = judged_by(directory.journal, bundle.identity)
    note_start(directory, started_at, bundle.precision)
    told = []
    if own:
        told.append(f"goes on: {own:,} judged items are in its journal")
    if others:
        told.append(
            f"{others:,} in its journal were judged by another model or in another precision, and "
            "are judged anew"
        )
    return f"run {directory.run_id} {', '.join(told)}" if told else None
