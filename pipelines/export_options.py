"""The flags of ``pipelines.export``: declared, checked and explained without Beam."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from moderation.records.layout import parse_columns
from pipelines.flag_groups import add_run_directory, add_terminal
from pipelines.flags import UsageError, checked, group, integer, new_parser, number, split_list
from schemas.records import Kind, fields_of

LABELLED_AT = "labelled_at"
_TASKS = "tweet_pair=entailment,meme=hateful"
_RESERVED = frozenset({"label", "provenance", "extras"}.union(*map(fields_of, Kind)))


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Every flag of the job, checked one by one. ``None`` and empty mean: not given."""

    run: tuple[str, ...]
    decisions: tuple[str, ...]
    reviewer_key_file: str | None
    tasks: str
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
    images: str
    keep_columns: str
    format: str
    name: str
    dataset_version: str | None
    licence: str
    previous: str | None
    output: str
    run_id: str | None
    overwrite: bool
    max_dead_letter_ratio: float
    allow_empty: bool
    dry_run: bool
    verbose: bool
    no_progress: bool

    def as_dict(self) -> dict[str, Any]:
        """For the manifest. The reviewers' key is in none of the flags, only its file's name."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        values["keep_columns"] = list(split_list(self.keep_columns))
        return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}

    def formats(self) -> tuple[str, ...]:
        """File formats of the data, the one that examples name first."""
        return ("parquet", "jsonl") if self.format == "both" else (self.format,)


def parse(argv: Sequence[str] | None) -> tuple[ExportOptions, list[str]]:
    """Our options, and what is left for Beam.

    Raises:
        UsageError: where flags cannot be used together.
        SystemExit: after ``--help``, or with 2 where a flag's value is wrong.
    """
    known, rest = build_parser().parse_known_args(argv)
    values = vars(known)
    for name in ("run", "decisions", "exclude"):
        values[name] = tuple(path for group in values[name] or () for path in group)
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
    for add in (_add_input, _add_selection, _add_exclusion, _add_output):
        add(parser)
    add_terminal(parser, checks="check runs, decisions and output, write nothing")
    return parser


def parse_tasks(text: str) -> dict[Kind, str]:
    """``"meme=hateful"`` as the task that a kind's label answers; raises ``UsageError``."""
    tasks: dict[Kind, str] = {}
    for pair in split_list(text):
        kind, equals, task = pair.partition("=")
        if not equals or not task or kind not in [each.value for each in Kind]:
            raise UsageError(f"write KIND=TASK, as in {_TASKS}")
        tasks[Kind(kind)] = task
    if not tasks:
        raise UsageError(f"name a task for a kind at least, as in {_TASKS}")
    return tasks


def parse_moment(text: str) -> str:
    """A moment as UTC, ISO 8601 to the microsecond; raises ``UsageError``."""
    import datetime

    try:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise UsageError(
            "write a day or a moment as ISO 8601, as in 2026-01-31 or 2026-01-31T12:00:00Z"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return moment.astimezone(datetime.timezone.utc).isoformat(timespec="microseconds")


def parse_keep_columns(text: str) -> tuple[str, ...]:
    """Names of columns; raises ``UsageError`` for one that the set writes itself."""
    names = split_list(text)
    taken = sorted(_RESERVED.intersection(names))
    if taken:
        raise UsageError(f"{taken[0]!r} is a column that the set writes itself")
    if len(set(names)) != len(names):
        raise UsageError("a column is named twice")
    return names


def _add_input(parser: argparse.ArgumentParser) -> None:
    add = group(parser, "verdicts and decisions in")
    add(
        "--run",
        nargs="+",
        action="append",
        required=True,
        metavar="DIR",
        help="committed run directories of pipelines.score, local or gs://, patterns too, as in "
        "'runs/run_id=*'; may be repeated",
    )
    add(
        "--decisions",
        nargs="+",
        action="append",
        metavar="PATH",
        help="JSONL or CSV (also .gz) with item_id, task, label, reviewer, decided_at and perhaps "
        "a note; files, folders and patterns; may be repeated",
    )
    add(
        "--reviewer_key_file",
        metavar="FILE",
        help="secret that reviewers' names are hashed with; default: the environment's "
        "MODERATION_REVIEWER_KEY, else a random key for this export alone",
    )
    add(
        "--tasks",
        default=_TASKS,
        type=checked(parse_tasks),
        metavar="KIND=TASK,…",
        help="the question that a kind's label answers (default: %(default)s)",
    )


def _add_selection(parser: argparse.ArgumentParser) -> None:
    add = group(parser, "selection")
    add(
        "--min_reviewers",
        type=integer(1, 1000),
        default=1,
        metavar="N",
        help="reviewers whose decision an item needs (default: %(default)s)",
    )
    add(
        "--pseudo_label_above",
        type=number(0, 1),
        metavar="P",
        help="take items that nobody reviewed too, under the model's own label, where every run "
        "gave it P or more and none sent it to review; default: off",
    )
    add(
        "--since",
        type=_moment,
        metavar="TIME",
        help="items labelled at this moment or later, ISO 8601, UTC where it says nothing else",
    )
    add(
        "--until",
        type=_moment,
        metavar="TIME",
        help="the set as it was before this moment: later decisions do not count",
    )
    add(
        "--time_column",
        default=LABELLED_AT,
        metavar="NAME",
        help="what --since and --until look at: labelled_at (default), scored_at, or a column of "
        "the records, as in created_at",
    )
    add(
        "--max_per_source",
        type=integer(1),
        metavar="N",
        help="rows of one source at most, reviewed ones first, chosen by item id",
    )
    add(
        "--source_column",
        default="source",
        metavar="NAME",
        help="column that names a record's source; where it is empty, the file it lies in is "
        "the source (default: %(default)s)",
    )
    add(
        "--balance",
        action="store_true",
        help="as many rows of each label of a kind as its rarest one has, reviewed ones first",
    )


def _add_exclusion(parser: argparse.ArgumentParser) -> None:
    add = group(parser, "held-out items, which never enter")
    add(
        "--exclude",
        nargs="+",
        action="append",
        metavar="PATH",
        help="records (Parquet, JSONL, CSV), verdicts, or rows with a content_key: what has their "
        "content, one of their images, or a text that is nearly theirs is left out",
    )
    add(
        "--exclude_columns",
        default="",
        type=checked(parse_columns),
        metavar="FIELD=COLUMN,…",
        help="columns of the held-out records that go by other names",
    )
    add("--exclude_image_root", metavar="DIR", help="folder that their image paths start from")
    add(
        "--exclude_text_similarity",
        type=number(0.5, 1),
        default=0.8,
        metavar="S",
        help="Jaccard similarity of 5-character shingles from which texts are nearly equal; 1: "
        "equal but for case, punctuation and links (default: %(default)g)",
    )
    add(
        "--no_fetch_held_out",
        action="store_true",
        help="do not fetch their images from URLs and stores: compare those by location alone",
    )
    add(
        "--allow_private_hosts",
        action="store_true",
        help="fetch from loopback and private addresses: for tests and intranets",
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    add = group(parser, "training set out")
    add(
        "--images",
        choices=("copy", "keep"),
        default="copy",
        help="copy local images beside the data, so that the set loads anywhere (default), or "
        "keep them where they are, by absolute path",
    )
    add(
        "--keep_columns",
        default="",
        type=checked(parse_keep_columns),
        metavar="A,B,…",
        help="columns of the records that stay columns (as strings); the others lie in 'extras'",
    )
    add(
        "--format",
        choices=("both", "parquet", "jsonl"),
        default="both",
        help="of the data (default: %(default)s)",
    )
    add("--name", default="moderation training set", metavar="NAME", help="for the data card")
    add("--dataset_version", metavar="V", help="for the data card; default: the run's id")
    add("--licence", default="unknown", metavar="ID", help="of the data, for the data card")
    add(
        "--previous",
        metavar="DIR",
        help="a committed earlier export: diff/ tells what was added, removed, relabelled",
    )
    add_run_directory(add, default="training_sets", what="export")
    add(
        "--max_dead_letter_ratio",
        type=number(0, 1),
        default=1.0,
        metavar="R",
        help="failure budget: with more dead letters per decision, or per selected row, the set "
        "is not committed and the job ends with 3 (default: %(default)g, no budget)",
    )
    add("--allow_empty", action="store_true", help="commit a set without a row")


def _check_together(options: ExportOptions) -> None:
    if not options.decisions and options.pseudo_label_above is None:
        raise UsageError(
            "there is nothing to label with: give reviewers' --decisions, or --pseudo_label_above "
            "to take the model's own labels"
        )
    if options.overwrite and not options.run_id:
        raise UsageError("--overwrite replaces an export by its id: give --run_id too")
    if options.since and options.until and options.since >= options.until:
        raise UsageError(f"--since {options.since} is not before --until {options.until}")
    for flag in ("exclude_columns", "exclude_image_root"):
        if getattr(options, flag) and not options.exclude:
            raise UsageError(f"--{flag} is about held-out records: give --exclude too")


def _moment(text: str) -> str:
    try:
        return parse_moment(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: {error}") from None
