"""The options that jobs have in common, as checked values; ``flag_groups`` declares their flags."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from moderation.images.printing import without_secrets
from moderation.records.layout import Layout, parse_columns
from pipelines.command.flags import UsageError
from schemas.records import Kind


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Where a job's directory goes, when it is committed, and what the terminal shows."""

    output: str
    run_id: str | None
    overwrite: bool
    max_dead_letter_ratio: float
    allow_empty: bool
    max_unreadable_files: int | None
    dry_run: bool
    verbose: bool
    no_progress: bool

    def as_dict(self) -> dict[str, Any]:
        """For the manifest; passwords and query strings of URLs do not go there."""
        return {each.name: _printable(getattr(self, each.name)) for each in fields(self)}


@dataclass(frozen=True, slots=True)
class RecordOptions(RunOptions):
    """What records a job reads, and how it fetches and decodes their images."""

    input: tuple[str, ...]
    record_kind: str | None
    columns: str
    image_root: str | None
    image_template: str | None
    allow_outside_root: bool
    limit: int | None
    max_row_mb: float
    image_timeout_s: float
    image_retries: int
    max_image_mb: float
    max_image_megapixels: float
    image_connections: int
    image_connections_per_host: int
    decode_threads: int
    allow_private_hosts: bool
    allowed_ports: str
    allow_hosts: str
    deny_hosts: str
    egress_proxy: str | None
    max_missing_image_ratio: float
    image_buckets: str | None

    def layout(self) -> Layout:
        """How rows become records."""
        return Layout(
            record_kind=Kind(self.record_kind) if self.record_kind else None,
            columns=parse_columns(self.columns),
            image_root=self.image_root,
            image_template=self.image_template,
            allow_outside_root=self.allow_outside_root,
        )


def _printable(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_printable(each) for each in value]
    return without_secrets(value) if isinstance(value, str) and "://" in value else value


def parsed(
    parser: argparse.ArgumentParser, argv: Iterable[str] | None, *, many: Iterable[str]
) -> tuple[dict[str, Any], list[str]]:
    """Values by option, and what is left for Beam.

    Args:
        parser: has all flags of the job.
        argv: None: the process's own.
        many: flags that may be repeated, each with several values; they come as one tuple.
    """
    known, rest = parser.parse_known_args(None if argv is None else list(argv))
    values = vars(known)
    for name in many:
        values[name] = tuple(value for group in values[name] or () for value in group)
    return values, rest


def check_run(options: RunOptions, *, what: str) -> None:
    """What flags of the run directory ask of each other; raises ``UsageError``."""
    if options.overwrite and not options.run_id:
        raise UsageError(f"--overwrite replaces {what} by its id: give --run_id too")


def check_records(options: RecordOptions) -> None:
    """What flags of the records ask of each other; raises ``UsageError``."""
    root = options.image_root
    if options.image_template and not root:
        raise UsageError(
            f"--image_template {options.image_template!r} names files under --image_root: "
            "give the folder too"
        )
    if root and "://" not in root and not os.path.isdir(root):
        raise UsageError(f"--image_root {root!r} is no folder: check the path")
