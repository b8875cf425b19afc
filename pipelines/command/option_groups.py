"""Groups of options that several commands have."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from moderation.records.dead_letters.history import Redrive
from moderation.records.layout import Layout, check_template, parse_columns
from moderation.runs.budgets import BudgetError, Budgets, parse_budgets
from moderation.runs.directory import check_run_id
from pipelines.command.options import Options
from pipelines.command.parser import BeamHelp, VersionFlag
from pipelines.command.usage import UsageError, in_flags
from pipelines.command.values import (
    checked,
    image_folder,
    integer,
    number,
    one_of,
    parse_buckets,
    parse_ports,
    parsed,
    path,
    text,
)
from schemas.records import Kind


@dataclass(frozen=True, kw_only=True)
class Records(Options):
    """Where records are and how they are laid out."""

    TITLE = "records in"

    input: Annotated[tuple[str, ...], path("PATH")] = ()
    """Parquet, JSONL or CSV (the last two also .gz, .bz2, .zst), local or gs://, folders and
    patterns too; may be repeated.%(pictures)s A run's dead letters are taken as well. Default: the
    sample"""
    record_kind: Annotated[str, one_of(Kind)] | None = None
    """what every record is; default: told from each record's columns"""
    columns: Annotated[str, checked(parse_columns, "FIELD=COLUMN,…")] = ""
    """columns that go by other names, as in text_1=body,id_1=key, or lie deeper, as in
    img=entities.media[0].url; 'img=' and 'id=': the records have none"""
    redrive: Annotated[str, one_of(Redrive)] = Redrive.RETRYABLE.value
    """of dead letters: drive the retryable ones again (default), or all that hold their record, as
    when model or options are others now; the rest stay dead letters as they were"""
    image_root: Annotated[str, parsed(image_folder, "DIR")] | None = None
    """folder that image paths start from; default: the record file's own"""
    image_template: Annotated[str, checked(check_template, "NAME")] | None = None
    """image files are named after ids: '{id}.{ext}' is the id with the extension of the record's
    reference, under --image_root"""
    allow_outside_root: bool = False
    """take image paths that lead out of the image root by '..', link or absolute path"""
    limit: Annotated[int, integer(1)] | None = None
    """read the first N rows and no more"""
    max_row_mb: Annotated[float, number(0.001, 1024, "MB")] = 16.0
    """a row over this is a dead letter (default: %(default)g)"""

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
class Fetching(Options):
    """How images are fetched and decoded."""

    TITLE = "images"

    image_timeout_s: Annotated[float, number(0.1, 3600, "S")] = 20.0
    """for a whole fetch, redirects and retries included (default: %(default)g)"""
    image_retries: Annotated[int, integer(0, 20)] = 3
    """further tries where trying again may help (default: %(default)s)"""
    max_image_mb: Annotated[float, number(0.001, 1024, "MB")] = 20.0
    """of one encoded image (default: %(default)g)"""
    max_image_megapixels: Annotated[float, number(0.001, 1000, "MP")] = 50.0
    """of one decoded image (default: %(default)g)"""
    image_connections: Annotated[int, integer(1, 10000)] = 256
    """under way at once in a worker (default: %(default)s)"""
    image_connections_per_host: Annotated[int, integer(1, 1000)] = 8
    """of those to one host (default: %(default)s)"""
    decode_threads: Annotated[int, integer(0, 256)] = 0
    """pictures decoded at once, each in a process of its own (default: one per core)"""


@dataclass(frozen=True, kw_only=True)
class PrivateHosts(Options):
    """Whether the door opens inwards."""

    allow_private_hosts: bool = False
    """fetch from loopback and private addresses: for tests and intranets"""


@dataclass(frozen=True, kw_only=True)
class Hosts(Options):
    """Where images are fetched from."""

    allowed_ports: Annotated[str, checked(parse_ports, "N,…")] = "80,443"
    """of image URLs (default: %(default)s)"""
    allow_hosts: Annotated[str, text("HOST,…")] = ""
    """fetch from these hosts and networks alone; '.example.org' is it and all below"""
    deny_hosts: Annotated[str, text("HOST,…")] = ""
    """never fetch from these"""
    egress_proxy: Annotated[str, text("URL")] | None = None
    """send all fetches through this HTTP proxy"""


@dataclass(frozen=True, kw_only=True)
class MissingImages(Options):
    """How many images may be missing."""

    max_missing_image_ratio: Annotated[float, number(0, 1, "R")] = 1.0
    """budget for images that cannot be had, per image that a record names: beyond it nothing is
    committed and the job ends with 3 (default: %(default)g, no budget)"""


@dataclass(frozen=True, kw_only=True)
class Buckets(Options):
    """Which objects are images."""

    image_buckets: Annotated[str, checked(parse_buckets, "BUCKET[/FOLDER],…")] | None = None
    """that gs:// references may lie in; 'any': whatever the worker may read. Default: the buckets
    of the records and of their image root"""


@dataclass(frozen=True, kw_only=True)
class Door(Fetching, PrivateHosts, Hosts, Buckets):
    """How images are fetched and decoded."""


@dataclass(frozen=True, kw_only=True)
class Images(Door, MissingImages):
    """The same where a run asks how many could not be had."""


@dataclass(frozen=True, kw_only=True)
class RunPlace(Options):
    """Where the run directory goes."""

    output: Annotated[str, path("DIR")] = "runs"
    """where the run directory goes, local or gs:// (default: %(default)s/)"""
    run_id: Annotated[str, checked(check_run_id, "ID")] | None = None
    """name of the %(made)s; default: the time it starts"""
    overwrite: bool = False
    """replace a committed %(made)s of the same id"""

    def check(self) -> None:
        """What flags of the run directory ask of each other; raises ``UsageError``."""
        if self.overwrite and not self.run_id:
            made = self.WORDS.made
            article = "an" if made[0] in "aeiou" else "a"
            raise UsageError(f"--overwrite replaces {article} {made} by its id: give --run_id too")
        super().check()


def _budget(text: str) -> Budgets:
    return parse_budgets([text])


@dataclass(frozen=True, kw_only=True)
class DeadLetters(Options):
    """How many rows may be lost."""

    TITLE = "gates"

    max_dead_letter_ratio: Annotated[tuple[str, ...], checked(_budget, "[CODE=]R")] = ()
    """failure budget: with more dead letters per %(per)s, over all or of one code as in
    timeout=0.01, the %(committed)s is not committed and the job ends with 3; several with commas,
    may be repeated (default: no budget)"""

    def check(self) -> None:
        """Each budget once; raises ``UsageError``."""
        try:
            self.budgets()
        except BudgetError as error:
            raise UsageError(f"--max_dead_letter_ratio: {in_flags(error)}") from error
        super().check()

    def budgets(self) -> Budgets:
        """How many rows may be lost, over all and by code."""
        return parse_budgets(self.max_dead_letter_ratio)


@dataclass(frozen=True, kw_only=True)
class Unreadable(Options):
    """How many files may be cut off."""

    TITLE = "gates"

    max_unreadable_files: Annotated[int, integer(0)] | None = None
    """files that could not be read to their end, as one cut off by an upload; with more the
    %(committed)s is not committed and the job ends with 3 (default: %(unreadable)s)"""


@dataclass(frozen=True, kw_only=True)
class Empty(Options):
    """Whether nothing may be committed."""

    allow_empty: bool = False
    """%(empty)s"""


@dataclass(frozen=True, kw_only=True)
class Gates(DeadLetters, Unreadable, Empty):
    """When a run is not committed."""


@dataclass(frozen=True, kw_only=True)
class Terminal(Options):
    """What the terminal shows."""

    TITLE = "terminal"

    dry_run: bool = False
    """%(checks)s"""
    verbose: bool = False
    """let Beam and TensorFlow talk"""
    no_progress: bool = False
    """no word before the summary"""
    log_format: Literal["text", "json"] = "text"
    """json: everything this command and its workers say is a line of JSON with the run's id"""

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
