"""Where a command reads and writes: inputs found, the run's directory free."""

from __future__ import annotations

import datetime
import os
import tempfile
from collections.abc import Iterable
from typing import Any

from moderation.runs.directory import RunCommitted, RunDirectory, new_run_id
from moderation.runs.header import RunHeader
from moderation.runs.letters_given import why_not
from moderation.storage.input_files import InputError, InputFile
from moderation.storage.listing import Inputs, find_inputs
from moderation.storage.places import printable
from moderation.storage.stores import expect_reachable
from pipelines.command.option_groups import RunPlace
from pipelines.command.parser import versions
from pipelines.command.usage import UsageError, in_flags


def matched(name: str, paths: Iterable[str], *, pictures: bool = False) -> Inputs:
    """Files that an option's paths name; raises ``UsageError``. Pictures only where asked."""
    try:
        return find_inputs(paths, name=name, pictures=pictures)
    except InputError as error:
        raise UsageError.of(error) from error


def output_folder(output: str) -> str:
    """The folder as an absolute path; raises ``UsageError`` where it cannot be written to."""
    if "://" in output:
        return output
    path = os.path.abspath(output)
    standing = path
    while not os.path.lexists(standing):
        standing = os.path.dirname(standing)
    try:
        with tempfile.TemporaryFile(dir=standing):  # what a mount refuses no permission tells
            return path
    except OSError as error:
        raise UsageError(
            f"--output {output!r}: {standing} is no folder that can be written to "
            f"({(error.strerror or str(error)).lower()}): choose another"
        ) from None


def free_directory(options: RunPlace, now: datetime.datetime) -> RunDirectory:
    """The run's directory; raises ``UsageError`` where a committed run lies there already."""
    run_id = options.run_id or new_run_id(now)
    directory = RunDirectory(output_folder(options.output), run_id)
    try:
        expect_reachable(directory.path)
        directory.expect_free(overwrite=options.overwrite)
    except RunCommitted as error:
        raise UsageError(refusal(error, options)) from error
    except (OSError, ValueError) as error:  # a store that is down, or whose client is missing
        raise UsageError(f"--output {options.output!r} cannot be looked into: {error}") from error
    return directory


def refusal(error: Exception, options: object) -> str:
    """Why a start is refused; where a command can go on with a run, that is named too."""
    told = in_flags(error)
    if isinstance(error, RunCommitted) and hasattr(options, "resume"):
        return f"{told}, or --resume to take it as it is"
    return told


def expect_another(name: str, given: str | None, directory: RunDirectory) -> None:
    """Raise ``UsageError`` where an option names the very directory that is to be made."""
    if given is None:
        return
    one, other = given.rstrip("/"), directory.path
    if "://" not in one and "://" not in other:
        one, other = os.path.realpath(one), os.path.realpath(other)
    if one == other:
        raise UsageError(f"--{name} {given!r} is the directory that is to be made")


def expect_outside(name: str, inputs: Iterable[InputFile], directory: RunDirectory) -> None:
    """Raise ``UsageError`` where an input lies in the very directory that is to be made anew."""
    for file in inputs:
        one, folder = file.path, directory.path
        if "://" not in one and "://" not in folder:
            one, folder = os.path.realpath(one), os.path.realpath(folder)
        if one.startswith(f"{folder}/"):
            raise UsageError(
                f"--{name} {printable(file.path)!r} lies in the directory that is to be made anew, "
                "and would go with it: give another --run_id"
            )


def letters_once(name: str, inputs: Iterable[InputFile]) -> None:
    """Raise ``UsageError`` where dead letters would be driven twice."""
    try:
        why = why_not(inputs)
    except OSError as error:
        raise UsageError(f"--{name} cannot be looked into: {error}") from error
    if why:
        raise UsageError(f"--{name}: {why}")


def run_header(
    options: RunPlace,
    directory: RunDirectory,
    now: datetime.datetime,
    *,
    packages: Iterable[str],
    inputs: Iterable[InputFile],
    **more: Any,
) -> RunHeader:
    """The head of a run that starts now; ``more``: further fields of it."""
    return RunHeader(
        directory=directory,
        started_at=now.isoformat(timespec="seconds"),
        inputs=tuple(inputs),
        options=options.as_dict(),
        option_form="--{}",
        versions=versions(packages),
        **more,
    )
