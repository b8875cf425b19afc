"""The options of ``pipelines.export``: checked and explained without Beam."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.command.flag_groups import add_terminal
from pipelines.command.flags import UsageError, new_parser, split_list
from pipelines.command.shared_options import RunOptions, check_run, parsed
from pipelines.export.flags import add_exclusion, add_output, add_selection, add_sources
from pipelines.export.values import parse_moment as parse_moment
from pipelines.export.values import parse_tasks as parse_tasks


@dataclass(frozen=True, slots=True)
class ExportOptions(RunOptions):
    """Every flag of the job, checked one by one. ``None`` and empty mean: not given."""

    run: tuple[str, ...]
    decisions: tuple[str, ...]
    reviewer_key_file: str | None
    tasks: str
    columns: str
    multi_label: str
    max_unusable_decision_ratio: float
    min_reviewers: int
    pseudo_label_above: float | None
    since: str | None
    until: str | None
    time_column: str
    max_per_source: int | None
    source_column: str
    balance: bool
    exclude: tuple[str, ...]
    exclude_columns: str
    exclude_image_root: str | None
    exclude_text_similarity: float
    no_fetch_held_out: bool
    allow_private_hosts: bool
    image_buckets: str | None
    images: str
    keep_columns: str
    format: str
    name: str
    dataset_version: str | None
    licence: str
    previous: str | None

    def as_dict(self) -> dict[str, Any]:
        """For the manifest. The reviewers' key is in none of the flags, only its file's name."""
        return {**RunOptions.as_dict(self), "keep_columns": list(split_list(self.keep_columns))}

    def formats(self) -> tuple[str, ...]:
        """File formats of the data, the one that examples name first."""
        return ("parquet", "jsonl") if self.format == "both" else (self.format,)


def parse(argv: Sequence[str] | None) -> tuple[ExportOptions, list[str]]:
    """Our options, and what is left for Beam.

    Raises:
        UsageError: where flags cannot be used together.
        SystemExit: after ``--help``, or with 2 where a flag's value is wrong.
    """
    values, rest = parsed(build_parser(), argv, many=("run", "decisions", "exclude"))
    options = ExportOptions(**values)
    _check_together(options)
    return options, rest


def build_parser() -> argparse.ArgumentParser:
    """Our flags in groups; abbreviations are not taken, and words are joined by underscores."""
    parser = new_parser(
        "python -m pipelines.export",
        "Make a training set of the verdicts of committed runs and the decisions of reviewers: "
        "records with labels, each with where its label came from.",
    )
    for add in (add_sources, add_selection, add_exclusion, add_output):
        add(parser)
    add_terminal(parser, checks="check runs, decisions and output, write nothing")
    return parser


def _check_together(options: ExportOptions) -> None:
    if not options.run:
        raise UsageError("--run is missing: name committed runs of pipelines.score")
    if not options.decisions and options.pseudo_label_above is None:
        raise UsageError(
            "there is nothing to label with: give reviewers' --decisions, or --pseudo_label_above "
            "to take the model's own labels"
        )
    check_run(options, what="an export")
    _check_several(options)
    if options.since and options.until and options.since >= options.until:
        raise UsageError(f"--since {options.since} is not before --until {options.until}")
    for flag in ("exclude_columns", "exclude_image_root"):
        if getattr(options, flag) and not options.exclude:
            raise UsageError(f"--{flag} is about held-out records: give --exclude too")


def _check_several(options: ExportOptions) -> None:
    several = split_list(options.multi_label)
    exported = parse_tasks(options.tasks).values()
    for task in several:
        if task not in exported:
            raise UsageError(
                f"--multi_label {task}: no kind is labelled by it: add --tasks KIND={task}"
            )
    if several and options.balance:
        raise UsageError(
            "--balance leaves out rows of one label, and with --multi_label a row has others too: "
            "leave it away, and weigh labels when you train"
        )
    if several and options.pseudo_label_above is not None:
        raise UsageError(
            "--pseudo_label_above takes the likeliest label, and --multi_label takes any number: "
            "give one of them"
        )
