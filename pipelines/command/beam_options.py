"""Beam's own flags: parsed by Beam, and a flag that is neither Beam's nor ours is an error."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from apache_beam.options.pipeline_options import (
    DebugOptions,
    DirectOptions,
    GoogleCloudOptions,
    PipelineOptions,
    StandardOptions,
)
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.runner import PipelineRunner

from pipelines.command.parser import OneLineParser
from pipelines.command.usage import UsageError, near, unknown_word


class _BeamParser(OneLineParser):
    def error(self, message: str) -> NoReturn:
        """Let the job say it, as it says what is wrong with its own flags."""
        raise UsageError(f"{message} (a flag of Beam's: see --help_beam)")


def beam_parser() -> OneLineParser:
    """A parser that knows every flag of the installed Beam."""
    parser = _BeamParser(prog="Beam's own flags", usage="--flag=value …", add_help=False)
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
        raise UsageError(unknown_word(unknown[0], ours=[*ours], beams=parser.flags))
    options = PipelineOptions(list(argv))
    _check_runner(_runner(options))
    if on_dataflow(options):
        # A list of what is installed here, with the addresses it came from, would go to the bucket.
        options.view_as(DebugOptions).add_experiment("disable_logging_submission_environment")
    return options


def _check_runner(name: str) -> None:
    """A name that Beam would refuse only once the run has begun; raises ``UsageError``."""
    known = {short.lower(): short for short in StandardOptions.KNOWN_RUNNER_NAMES}
    if "." in name or {name.lower(), f"{name.lower()}runner"} & known.keys():
        return
    close = near(name.lower(), known)
    hint = f"did you mean {known[close]}?" if close else f"Beam has {', '.join(known.values())}"
    raise UsageError(
        f"--runner {name!r} is no runner: {hint} (or the full name of a class, as in a.b.MyRunner)"
    )


def runner_for(options: PipelineOptions) -> PipelineRunner | None:
    """The runner to hand to ``Pipeline``; None: the one that Beam chooses by name.

    ``DirectRunner`` stays in this process, where recent Beam would first look for a Prism
    binary to download: the first run needs no network, and the progress line sees its workers.
    """
    return FnApiRunner() if is_local(options) else None


def is_local(options: PipelineOptions) -> bool:
    """Whether the runner works in this process."""
    return _runner(options).rsplit(".", 1)[-1].lower() in ("directrunner", "direct")


def on_dataflow(options: PipelineOptions) -> bool:
    """Whether the runner hands the job to Dataflow."""
    return _runner(options).rsplit(".", 1)[-1].lower() in ("dataflowrunner", "dataflow")


def one_process_a_machine(options: PipelineOptions) -> None:
    """Where a job's machines have GPUs: each process would take a share of one for its own model.

    Dataflow has a process a core otherwise. Whoever asks for that by name gets it.
    """
    experiments = options.view_as(DebugOptions)
    if on_dataflow(options) and not experiments.lookup_experiment("use_multiple_sdk_containers"):
        experiments.add_experiment("no_use_multiple_sdk_containers")


def starts_processes(options: PipelineOptions) -> bool:
    """Whether a local runner starts worker processes for each pipeline."""
    return bool(options.view_as(DirectOptions).direct_running_mode == "multi_processing")


def _runner(options: PipelineOptions) -> str:
    return options.view_as(StandardOptions).runner or "DirectRunner"


def only_submits(options: PipelineOptions) -> bool:
    """Whether this process only submits: a template's launcher must not wait for the job."""
    submits = options.view_as(StandardOptions).no_wait_until_finish
    return bool(submits or template_of(options))


def template_of(options: PipelineOptions) -> str | None:
    """Where the job is written down in place of being submitted; None: it is submitted."""
    written: str | None = options.view_as(GoogleCloudOptions).template_location
    return written


def _all_subclasses(root: Any) -> list[Any]:
    found: list[Any] = []
    for each in root.__subclasses__():
        if each.__module__.startswith("apache_beam."):
            found += [each, *_all_subclasses(each)]
    return found
