"""What a job's input flags find, and the lines that tell what they leave out."""

from __future__ import annotations

from collections.abc import Iterable

from moderation.runs.directory import RunDirectory
from moderation.storage.input_files import InputError
from moderation.storage.listing import Inputs, find_inputs
from pipelines.command.flags import UsageError
from schemas.manifest import LeftOut

_SHOWN = 5


def matched(flag: str, paths: Iterable[str]) -> Inputs:
    """Files that a flag's paths name; raises ``UsageError``."""
    try:
        return find_inputs(paths, flag=f"--{flag}")
    except InputError as error:
        raise UsageError(str(error)) from error


def left_out_lines(found: Iterable[LeftOut] | RunDirectory) -> list[str]:
    """What lay where inputs were looked for and was not read; no line where that is nothing.

    Args:
        found: what a plan found, or a finished run whose manifest says it.
    """
    if isinstance(found, RunDirectory):
        manifest = found.read_json("manifest.json") or {}
        found = [LeftOut.model_validate(each) for each in manifest.get("left_out", [])]
    entries = list(found)
    if not entries:
        return []
    lines = ["  left out of the inputs:"]
    lines += [
        f"    {each.files:>8,}  {each.why}, as {each.examples[0]}" for each in entries[:_SHOWN]
    ]
    if len(entries) > _SHOWN:
        files = sum(each.files for each in entries[_SHOWN:])
        lines.append(f"    {files:>8,}  others, which the manifest names")
    return lines
