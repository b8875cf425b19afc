"""Groups of flags that several jobs share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from moderation.records.layout import check_template, parse_columns
from moderation.runs.directory import check_run_id
from pipelines.command.flags import (
    BeamHelp,
    VersionFlag,
    absolute,
    checked,
    group,
    image_folder,
    integer,
    number,
    parse_buckets,
    parse_ports,
)
from schemas.records import Kind


def add_input(parser: argparse.ArgumentParser) -> None:
    """Where records are and how they are laid out; shared by every job that reads records."""
    add = group(parser, "records in")
    add(
        "--input",
        type=absolute,
        nargs="+",
        action="append",
        metavar="PATH",
        help="Parquet, JSONL or CSV (the last two also .gz, .bz2, .zst), local or gs://, folders "
        "and patterns too; may be repeated. A run's dead letters are taken as well. "
        "Default: the sample",
    )
    add(
        "--record_kind",
        choices=[kind.value for kind in Kind],
        help="what every record is; default: told from each record's columns",
    )
    add(
        "--columns",
        default="",
        type=checked(parse_columns),
        metavar="FIELD=COLUMN,…",
        help="columns that go by other names, as in text_1=body,id_1=key; 'img=' and 'id=': the "
        "records have none",
    )
    add(
        "--image_root",
        type=image_folder,
        metavar="DIR",
        help="folder that image paths start from; default: the record file's own",
    )
    add(
        "--image_template",
        type=checked(check_template),
        metavar="NAME",
        help="image files are named after ids: '{id}.{ext}' is the id with the extension of the "
        "record's reference, under --image_root",
    )
    add(
        "--allow_outside_root",
        action="store_true",
        help="take image paths that lead out of the image root by '..', link or absolute path",
    )
    add("--limit", type=integer(1), metavar="N", help="read the first N rows and no more")
    add(
        "--max_row_mb",
        type=number(0.001, 1024),
        default=16.0,
        metavar="MB",
        help="a row over this is a dead letter (default: %(default)g)",
    )


def add_images(parser: argparse.ArgumentParser) -> None:
    """How images are fetched and decoded."""
    add = group(parser, "images")
    add(
        "--image_timeout_s",
        type=number(0.1, 3600),
        default=20.0,
        metavar="S",
        help="for a whole fetch, redirects and retries included (default: %(default)g)",
    )
    add(
        "--image_retries",
        type=integer(0, 20),
        default=3,
        metavar="N",
        help="further tries where trying again may help (default: %(default)s)",
    )
    add(
        "--max_image_mb",
        type=number(0.001, 1024),
        default=20.0,
        metavar="MB",
        help="of one encoded image (default: %(default)g)",
    )
    add(
        "--max_image_megapixels",
        type=number(0.001, 1000),
        default=50.0,
        metavar="MP",
        help="of one decoded image (default: %(default)g)",
    )
    add(
        "--image_connections",
        type=integer(1, 10_000),
        default=256,
        metavar="N",
        help="under way at once in a worker (default: %(default)s)",
    )
    add(
        "--image_connections_per_host",
        type=integer(1, 1000),
        default=8,
        metavar="N",
        help="of those to one host (default: %(default)s)",
    )
    add(
        "--decode_threads",
        type=integer(0, 256),
        default=0,
        metavar="N",
        help="default: one per core",
    )
    add(
        "--allow_private_hosts",
        action="store_true",
        help="fetch from loopback and private addresses: for tests and intranets",
    )
    add(
        "--allowed_ports",
        default="80,443",
        type=checked(parse_ports),
        metavar="N,…",
        help="of image URLs (default: %(default)s)",
    )
    add(
        "--allow_hosts",
        default="",
        metavar="HOST,…",
        help="fetch from these hosts and networks alone; '.example.org' is it and all below",
    )
    add("--deny_hosts", default="", metavar="HOST,…", help="never fetch from these")
    add("--egress_proxy", metavar="URL", help="send all fetches through this HTTP proxy")
    add(
        "--max_missing_image_ratio",
        type=number(0, 1),
        default=1.0,
        metavar="R",
        help="budget for images that cannot be had, per image that a record names: beyond it "
        "nothing is committed and the job ends with 3 (default: %(default)g, no budget)",
    )
    add_buckets(add)


def add_buckets(add: Callable[..., Any]) -> None:
    """``--image_buckets``."""
    add(
        "--image_buckets",
        type=checked(parse_buckets),
        metavar="BUCKET[/FOLDER],…",
        help="that gs:// references may lie in; 'any': whatever the worker may read. Default: the "
        "buckets of the records and of their image root",
    )


def add_run_directory(add: Callable[..., Any], *, default: str, what: str) -> None:
    """``--output``, ``--run_id``, ``--overwrite``."""
    add(
        "--output",
        type=absolute,
        default=default,
        metavar="DIR",
        help="where the run directory goes, local or gs:// (default: %(default)s/)",
    )
    add(
        "--run_id",
        type=checked(check_run_id),
        metavar="ID",
        help=f"name of the {what}; default: the time it starts",
    )
    add("--overwrite", action="store_true", help=f"replace a committed {what} of the same id")


def add_gates(add: Callable[..., Any], *, per: str, what: str, empty: str) -> None:
    """``--max_dead_letter_ratio`` and ``--allow_empty``."""
    add(
        "--max_dead_letter_ratio",
        type=number(0, 1),
        default=1.0,
        metavar="R",
        help=f"failure budget: with more dead letters per {per} the {what} is not committed and "
        "the job ends with 3 (default: %(default)g, no budget)",
    )
    add_unreadable(
        add, default=None, what=what, told="none with a budget for dead letters, else any number"
    )
    add("--allow_empty", action="store_true", help=empty)


def add_unreadable(add: Callable[..., Any], *, default: int | None, what: str, told: str) -> None:
    """``--max_unreadable_files``; ``told``: the default in words."""
    add(
        "--max_unreadable_files",
        type=integer(0),
        default=default,
        metavar="N",
        help="files that could not be read to their end, as one cut off by an upload; with more "
        f"the {what} is not committed and the job ends with 3 (default: {told})",
    )


def add_terminal(parser: argparse.ArgumentParser, *, checks: str) -> None:
    """``--dry_run``, ``--verbose``, ``--no_progress``, ``--version`` and ``--help_beam``."""
    add = group(parser, "terminal")
    add("--dry_run", action="store_true", help=checks)
    add("--verbose", action="store_true", help="let Beam and TensorFlow talk")
    add("--no_progress", action="store_true", help="no word before the summary")
    add("--version", action=VersionFlag, help="print the versions of the project and of Beam")
    beam = group(parser, "Beam")
    beam("--help_beam", action=BeamHelp, help="list Beam's own flags")
