"""Which options name what Dataflow's machines have to reach: they do not see this one's disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.command.usage import UsageError
from pipelines.score.bank_place import bank_place

REACHED: Mapping[str, tuple[str, ...]] = {
    "input": (),
    "output": (),
    "model": ("starter",),
    "image_root": (),
    "policy": (),
    "reuse": ("latest",),
    "baseline": ("none",),
    "decide_only": (),
    "vocab": (),
    "hash_bank": (),
}
"""By option, the words beside paths that it takes."""
READ_BY_LAUNCHER = ("policy", "baseline", "hash_bank")
"""Of those what is read before the job is submitted, by whichever machine submits it."""
NEEDED = ("input", "output")
"""What has no default there: the sample and ``runs/`` are this machine's."""


def expect_reachable(options: Any, *, launched_here: bool) -> None:
    """Raise ``UsageError`` where an option names a file of this machine, or the sample is left.

    Args:
        options: of ``pipelines.score``.
        launched_here: whether this machine submits the job.
    """
    for name, words in REACHED.items():
        if launched_here and name in READ_BY_LAUNCHER:
            continue
        given = getattr(options, name)
        for each in given if isinstance(given, tuple) else (given,):
            if (
                each is not None
                and each not in words
                and not _place(name, each).startswith("gs://")
            ):
                raise UsageError(
                    f"--{name} {each!r} is on this machine, which Dataflow's do not see: put it in "
                    "a bucket and give its gs:// path"
                )
    if not options.input:
        raise UsageError("--input is missing: the sample is on this machine, give gs:// paths")


def _place(name: str, given: str) -> str:
    """What of an option's value is a path."""
    return bank_place(given).file if name == "hash_bank" else given
