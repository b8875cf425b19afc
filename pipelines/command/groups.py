"""Groups of options that several commands have."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from moderation.records.layout import Layout, check_template, parse_columns
from moderation.runs.directory import check_run_id
from pipelines.command.options import Options, option, several, switch
from pipelines.command.parser import BeamHelp, VersionFlag
from pipelines.command.usage import UsageError
from pipelines.command.values import (
    Value,
    checked,
    image_folder,
    integer,
    number,
    one_of,
    parse_buckets,
    parse_ports,
    parsed,
    path,
)
from schemas.records import Kind

KINDS = one_of(kind.value for kind in Kind)


def private_hosts() -> Any:
    """``allow_private_hosts``."""
    return switch("fetch from loopback and private addresses: for tests and intranets")


def image_buckets() -> Any:
    """``image_buckets``."""
    return option(
        checked(parse_buckets, "BUCKET[/FOLDER],…"),
        "that gs:// references may lie in; 'any': whatever the worker may read. Default: the "
        "buckets of the records and of their image root",
    )


def unreadable_files(*, default: int | None, told: str) -> Any:
    """``max_unreadable_files``; ``told``: the default in words."""
    return option(
        integer(0),
        "files that could not be read to their end, as one cut off by an upload; with more the "
        f"%(committed)s is not committed and the job ends with 3 (default: {told})",
        default=default,
    )


@dataclass(frozen=True, kw_only=True)
class Records(Options):
    """Where records are and how they are laid out."""

    TITLE = "records in"

    input: tuple[str, ...] = several(
        path("PATH"),
        "Parquet, JSONL or CSV (the last two also .gz, .bz2, .zst), local or gs://, folders and "
        "patterns too; may be repeated. A run's dead letters are taken as well. "
        "Default: the sample",
    )
    record_kind: str | None = option(
        KINDS, "what every record is; default: told from each record's columns"
    )
    columns: str = option(
        checked(parse_columns, "FIELD=COLUMN,…"),
        "columns that go by other names, as in text_1=body,id_1=key; 'img=' and 'id=': the "
        "records have none",
        default="",
    )
    image_root: str | None = option(
        parsed(image_folder, "DIR"),
        "folder that image paths start from; default: the record file's own",
    )
    image_template: str | None = option(
        checked(check_template, "NAME"),
        "image files are named after ids: '{id}.{ext}' is the id with the extension of the "
        "record's reference, under --image_root",
    )
    allow_outside_root: bool = switch(
        "take image paths that lead out of the image root by '..', link or absolute path"
    )
    limit: int | None = option(integer(1), "read the first N rows and no more")
    max_row_mb: float = option(
        number(0.001, 1024, "MB"),
        "a row over this is a dead letter (default: %(default)g)",
        default=16.0,
    )

    def check(self) -> None:
        """What flags of the records ask of each other; raises ``UsageError``."""
        root = self.image_root
        if self.image_template and not root:
            raise UsageError(
                f"--image_template {self.image_template!r} names files under --image_root: "
                "give the folder too"
            )
        if root and "://" not in root and not os.path.isdir(root):
            raise UsageError(f"--image_root {root!r} is no folder: check the path")
        super().check()

    def layout(self) -> Layout:
        """How rows become records."""
        return Layout(
            record_kind=Kind(self.record_kind) if self.record_kind else None,
            columns=parse_columns(self.columns),
            image_root=self.image_root,
            image_template=self.image_template,
            allow_outside_root=self.allow_outside_root,
        )


@dataclass(frozen=True, kw_only=True)
class Images(Options):
    """How images are fetched and decoded."""

    TITLE = "images"

    image_timeout_s: float = option(
        number(0.1, 3600, "S"),
        "for a whole fetch, redirects and retries included (default: %(default)g)",
        default=20.0,
    )
    image_retries: int = option(
        integer(0, 20),
        "further tries where trying again may help (default: %(default)s)",
        default=3,
    )
    max_image_mb: float = option(
        number(0.001, 1024, "MB"), "of one encoded image (default: %(default)g)", default=20.0
    )
    max_image_megapixels: float = option(
        number(0.001, 1000, "MP"), "of one decoded image (default: %(default)g)", default=50.0
    )
    image_connections: int = option(
        integer(1, 10_000), "under way at once in a worker (default: %(default)s)", default=256
    )
    image_connections_per_host: int = option(
        integer(1, 1000), "of those to one host (default: %(default)s)", default=8
    )
    decode_threads: int = option(integer(0, 256), "default: one per core", default=0)
    allow_private_hosts: bool = private_hosts()
    allowed_ports: str = option(
        checked(parse_ports, "N,…"), "of image URLs (default: %(default)s)", default="80,443"
    )
    allow_hosts: str = option(
        Value("HOST,…"),
        "fetch from these hosts and networks alone; '.example.org' is it and all below",
        default="",
    )
    deny_hosts: str = option(Value("HOST,…"), "never fetch from these", default="")
    egress_proxy: str | None = option(Value("URL"), "send all fetches through this HTTP proxy")
    max_missing_image_ratio: float = option(
        number(0, 1, "R"),
        "budget for images that cannot be had, per image that a record names: beyond it nothing "
        "is committed and the job ends with 3 (default: %(default)g, no budget)",
        default=1.0,
    )
    image_buckets: str | None = image_buckets()


@dataclass(frozen=True, kw_only=True)
class RunPlace(Options):
    """Where the run directory goes."""

    output: str = option(
        path("DIR"), "where the run directory goes, local or gs:// (default: %(default)s/)"
    )
    run_id: str | None = option(
        checked(check_run_id, "ID"), "name of the %(made)s; default: the time it starts"
    )
    overwrite: bool = switch("replace a committed %(made)s of the same id")

    def check(self) -> None:
        """What flags of the run directory ask of each other; raises ``UsageError``."""
        if self.overwrite and not self.run_id:
            made = self.WORDS.made
            article = "an" if made[0] in "aeiou" else "a"
            raise UsageError(f"--overwrite replaces {article} {made} by its id: give --run_id too")
        super().check()


@dataclass(frozen=True, kw_only=True)
class Gates(Options):
    """When a run is not committed."""

    max_dead_letter_ratio: float = option(
        number(0, 1, "R"),
        "failure budget: with more dead letters per %(per)s the %(committed)s is not committed and "
        "the job ends with 3 (default: %(default)g, no budget)",
        default=1.0,
    )
    max_unreadable_files: int | None = unreadable_files(
        default=None, told="none with a budget for dead letters, else any number"
    )
    allow_empty: bool = switch("%(empty)s")


@dataclass(frozen=True, kw_only=True)
class Terminal(Options):
    """What the terminal shows."""

    TITLE = "terminal"

    dry_run: bool = switch("%(checks)s")
    verbose: bool = switch("let Beam and TensorFlow talk")
    no_progress: bool = switch("no word before the summary")

    ACTIONS: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "--version": {
            "action": VersionFlag,
            "help": "print the versions of the project and of Beam",
        }
    }


@dataclass(frozen=True, kw_only=True)
class Beam(Options):
    """Beam's own flags."""

    TITLE = "Beam"
    ACTIONS: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "--help_beam": {"action": BeamHelp, "help": "list Beam's own flags"}
    }


@dataclass(frozen=True, kw_only=True)
class JobOptions(RunPlace, Terminal):
    """What a job needs to be launched; it stands among a command's groups where ``RunPlace`` is."""
