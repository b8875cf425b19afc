"""Beam's own flags: parsed by Beam, and a flag that is neither Beam's nor ours is an error."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from apache_beam.options.pipeline_options import (
    GoogleCloudOptions,
    PipelineOptions,
    StandardOptions,
)
from apache_beam.runners.runner import PipelineRunner

from pipelines.flags import UsageError


def beam_parser() -> argparse.ArgumentParser:
    """A parser that knows every flag of the installed Beam."""
    parser = argparse.ArgumentParser(
        prog="Beam's own flags", usage="--flag=value …", add_help=False, allow_abbrev=False
    )
    for options in _all_subclasses(PipelineOptions):
        try:
            options._add_argparse_args(parser)
        except argparse.ArgumentError:  # two of Beam's classes share a flag
            continue
    return parser


def beam_options(argv: Sequence[str], *, ours: Iterable[str]) -> PipelineOptions:
    """Beam's options from what was left of the command line.

    Args:
        argv: the flags that are not ours.
        ours: names of our flags, for a hint where one is misspelt.

    Raises:
        UsageError: for a flag that nobody knows.
    """
    parser = beam_parser()
    _, unknown = parser.parse_known_args(list(argv))
    if unknown:
        flag = unknown[0].split("=")[0]
        known = [*ours, *parser._option_string_actions]
        close = difflib.get_close_matches(flag, known, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise UsageError(f"{flag!r} is neither a flag of ours nor of Beam's{hint} (see --help)")
    return PipelineOptions(list(argv))


def runner_for(options: PipelineOptions) -> PipelineRunner | None:
    """The runner to hand to ``Pipeline``; None: the one that Beam chooses by name.

    ``DirectRunner`` stays in this process, where recent Beam would first look for a Prism
    binary to download: the first run needs no network, and the progress line sees its workers.
    """
    from apache_beam.runners.portability.fn_api_runner import FnApiRunner

    return FnApiRunner() if is_local(options) else None


def is_local(options: PipelineOptions) -> bool:
    """Whether the runner works in this process."""
    name = options.view_as(StandardOptions).runner or "DirectRunner"
    return bool(name.rsplit(".", 1)[-1].lower() == "directrunner")


def only_submits(options: PipelineOptions) -> bool:
    """Whether this process only submits: a template's launcher must not wait for the job."""
    submits = options.view_as(StandardOptions).no_wait_until_finish
    return bool(submits or options.view_as(GoogleCloudOptions).template_location)


def _all_subclasses(root: Any) -> list[Any]:
    found: list[Any] = []
    for each in root.__subclasses__():
        if each.__module__.startswith("apache_beam."):
            found += [each, *_all_subclasses(each)]
    return found
