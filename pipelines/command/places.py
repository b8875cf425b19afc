"""Where a command reads and writes: inputs found, the run's directory free."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable

from moderation.runs.directory import RunCommitted, RunDirectory
from moderation.storage.input_files import InputError
from moderation.storage.listing import Inputs, find_inputs
from moderation.storage.stores import expect_reachable
from pipelines.command.usage import UsageError


def matched(name: str, paths: Iterable[str]) -> Inputs:
    """Files that an option's paths name; raises ``UsageError``."""
    try:
        return find_inputs(paths, name=name)
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


def free_directory(output: str, run_id: str, *, overwrite: bool) -> RunDirectory:
    """The run's directory; raises ``UsageError`` where a committed run lies there already."""
    directory = RunDirectory(output_folder(output), run_id)
    try:
        expect_reachable(directory.path)
        directory.expect_free(overwrite=overwrite)
    except RunCommitted as error:
        raise UsageError.of(error) from error
    except (OSError, ValueError) as error:  # a store that is down, or whose client is missing
        raise UsageError(f"--output {output!r} cannot be looked into: {error}") from error
    return directory
