"""The flags of ``pipelines.export``, in groups."""

from __future__ import annotations

import argparse

from moderation.records.layout import parse_columns
from pipelines.command.flag_groups import add_buckets, add_gates, add_run_directory
from pipelines.command.flags import absolute, checked, group, integer, number
from pipelines.export.values import (
    TASKS,
    moment,
    parse_decision_columns,
    parse_keep_columns,
    parse_tasks,
)

LABELLED_AT = "labelled_at"


def add_sources(parser: argparse.ArgumentParser) -> None:
    """Verdicts and decisions."""
    add = group(parser, "verdicts and decisions in")
    add(
        "--run",
        type=absolute,
        nargs="+",
        action="append",
        metavar="DIR",
        help="committed run directories of pipelines.score, local or gs://, patterns too, as in "
        "'runs/run_id=*'; may be repeated",
    )
    add(
        "--decisions",
        type=absolute,
        nargs="+",
        action="append",
        metavar="PATH",
        help="JSONL or CSV (also .gz, .bz2, .zst) with item_id, task, label, reviewer, decided_at "
        "and perhaps a note; files, folders and patterns; may be repeated",
    )
    add(
        "--columns",
        default="",
        type=checked(parse_decision_columns),
        metavar="FIELD=COLUMN,…",
        help="columns of the decisions that go by other names, as in "
        "label=choice,reviewer=annotator,decided_at=created_at; task= where they name no task: "
        "they answer their item's own",
    )
    add(
        "--max_unusable_decision_ratio",
        type=number(0, 1),
        default=0.5,
        metavar="R",
        help="with more decisions than this share that cannot be used (unknown item, task or "
        "label, a row that is not whole; ties are none), the set is not committed and the job "
        "ends with 3 (default: %(default)g)",
    )
    add(
        "--reviewer_key_file",
        type=absolute,
        metavar="FILE",
        help="secret that reviewers' names are hashed with; default: the environment's "
        "MODERATION_REVIEWER_KEY, else a random key for this export alone",
    )
    add(
        "--tasks",
        default=TASKS,
        type=checked(parse_tasks),
        metavar="KIND=TASK,…",
        help="the question that a kind's label answers (default: %(default)s)",
    )
    add(
        "--multi_label",
        default="",
        metavar="TASK,…",
        help="tasks with any number of labels an item: decisions name several, in a list or with | "
        "between them, and rows have a list",
    )


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Which items become rows."""
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
        type=moment,
        metavar="TIME",
        help="items labelled at this moment or later, ISO 8601, UTC where it says nothing else",
    )
    add(
        "--until",
        type=moment,
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


def add_exclusion(parser: argparse.ArgumentParser) -> None:
    """Held-out items."""
    add = group(parser, "held-out items, which never enter")
    add(
        "--exclude",
        type=absolute,
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
    add(
        "--exclude_image_root",
        type=absolute,
        metavar="DIR",
        help="folder that their image paths start from",
    )
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
    add_buckets(add)


def add_output(parser: argparse.ArgumentParser) -> None:
    """Form and place of the set."""
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
        type=absolute,
        metavar="DIR",
        help="a committed earlier export: diff/ tells what was added, removed, relabelled",
    )
    add_run_directory(add, default="training_sets", what="export")
    add_gates(
        add,
        per="decision, or per selected row,",
        what="set",
        empty="commit a set without a row",
    )
