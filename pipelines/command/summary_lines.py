"""The lines that summaries of several commands have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from moderation.audit.images import listed, none_had, remedy
from moderation.audit.losses import told
from moderation.runs.directory import RunDirectory
from schemas.audit import UnreadableFile
from schemas.manifest import LeftOut, Parent

_SHOWN, _LETTERS_SHOWN = 5, 10


def many(number: int, noun: str) -> str:
    """``1 file``, ``2,000 files``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


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


def image_lines(found: Mapping[str, int], *, instead: str) -> list[str]:
    """One line of what became of images, and a warning where no image at all could be had.

    Args:
        found: images that were wanted, by ``ok`` or code.
        instead: what stands in the run for want of images, as in "verdicts are by texts alone".
    """
    if not found:
        return []
    lines = [f"  images: {listed(found)}"]
    if none := none_had(found):
        hint = f"; {hint}" if (hint := remedy(found)) else ""
        lines.append(f"  warning: {none}, {instead}{hint}")
    return lines


def parent_lines(parents: Sequence[Parent]) -> list[str]:
    """What became of each earlier run's dead letters, where they were among the inputs."""
    lines = [
        f"  letters of {each.run_id}: {each.letters - each.passed_on:,} driven again, "
        f"{each.passed_on:,} passed on"
        for each in parents[:_SHOWN]
    ]
    lines += [
        f"  warning: run {each.run_id} is not committed, so its verdicts count for nothing: start "
        "it again, or nobody has judged its other rows"
        for each in parents[:_SHOWN]
        if each.committed is False
    ]
    if len(parents) > _SHOWN:
        lines.append(f"  and of {len(parents) - _SHOWN:,} other runs, which the manifest names")
    return lines


def loss_lines(files: Sequence[UnreadableFile]) -> list[str]:
    """A warning with each file that could not be read to its end, what was lost and what to do."""
    if not files:
        return []
    lines = [f"  warning: {len(files):,} files could not be read to their end:"]
    if len(files) == 1:
        lines = ["  warning: a file could not be read to its end:"]
    lines += [f"    {told(file)}" for file in files[:_SHOWN]]
    if len(files) > _SHOWN:
        lines.append(f"    and {len(files) - _SHOWN:,} more")
    again = "bring them whole and run again; --max_unreadable_files 0 refuses such a run"
    return [*lines, f"    {again}"]
